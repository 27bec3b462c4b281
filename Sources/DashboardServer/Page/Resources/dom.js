// Building and changing nodes. Data only ever becomes text: nothing here, and nothing that uses it, parses markup.

/**
 * Makes an element: `h('p', {class: 'note', onclick: f}, 'text', child)`. Attributes that are null or false are left out.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else set(element, name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** Sets an attribute, or removes it for null and false; does nothing where it is so already. */
export function set(element, name, value) {
  if (value === null || value === undefined || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
    return;
  }
  const text = value === true ? '' : String(value);
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/** Sets the text of an element; does nothing where it is so already, so that selections and screen readers are left in peace. */
export function text(element, value) {
  const words = String(value);
  if (element.textContent !== words) element.textContent = words;
}

/** Shows or hides an element. */
export function show(element, visible) {
  if (element.hidden === Boolean(visible)) element.hidden = !visible;
}

/**
 * Makes the children of `parent` those of `items`, in their order, and keeps the nodes of items that stay: what is open stays
 * open, and what has the focus keeps it. Items of the same key have a node each.
 */
export function keyed(parent, items, keyOf, make, update) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const counts = new Map();
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = String(keyOf(item));
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    // No key of data begins like this.
    const key = count === 1 ? name : `\u0000${count} ${name}`;
    let child = old.get(key);
    if (child) old.delete(key);
    else {
      child = make(item);
      child.dataset.key = key;
    }
    update?.(child, item);
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
  }
  for (const child of old.values()) child.remove();
}

const namespace = 'http://www.w3.org/2000/svg';

/** A drawing of 16 × 16 in strokes of the text's colour; it says nothing to a screen reader. */
export function icon(path) {
  const svg = document.createElementNS(namespace, 'svg');
  for (const [name, value] of Object.entries({viewBox: '0 0 16 16', width: '16', height: '16', class: 'icon', 'aria-hidden': 'true'})) {
    svg.setAttribute(name, value);
  }
  const line = document.createElementNS(namespace, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

/** A style sheet that any number of shadow roots share. */
export function sheet(css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}
