import {h} from './dom.js';

/** Asks for an API key in a dialog within `root`, and tries it. */
export function askForKey(root, hub) {
  if (root.querySelector('dialog.key')) return;
  const before = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
  const field = h('input', {
    type: 'password', id: 'key', autocomplete: 'off', spellcheck: 'false', required: true, minlength: 16, maxlength: 512,
    'aria-describedby': 'key-note',
  });
  const close = () => dialog.close();
  const form = h('form', {method: 'dialog', onsubmit: (event) => {
    event.preventDefault();
    hub.key = field.value.trim();
    close();
  }},
  h('h2', {}, 'API key'),
  h('p', {id: 'key-note'}, hub.reason || 'The service asks for a key.', ' It stays in this tab until the tab is closed, and travels in a header.'),
  h('label', {for: 'key'}, 'Key'), field,
  h('div', {class: 'actions'},
    hub.key && h('button', {type: 'button', class: 'quiet', onclick: () => {
      hub.key = null;
      close();
    }}, 'Forget the key'),
    h('button', {type: 'button', class: 'quiet', onclick: close}, 'Cancel'),
    h('button', {type: 'submit', class: 'strong'}, 'Use this key')));
  const dialog = h('dialog', {class: 'key', 'aria-label': 'API key', onclose: () => {
    dialog.remove();
    before?.focus?.();
  }}, form);
  root.append(dialog);
  dialog.showModal();
  field.focus();
}
