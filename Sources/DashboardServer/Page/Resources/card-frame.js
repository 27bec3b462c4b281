import {h, set, show, text} from './dom.js';
import {lineList, showLines} from './redis-cli.js';

const loading = () => [h('span', {class: 'spinner', 'aria-hidden': 'true'}), 'Loading…'];

/** What every element looks like around its own content: a head, a body, and what stands in its place while there is nothing to show. */
export class CardFrame {
  constructor(heading, title) {
    this.title = h(heading, {class: 'title', part: 'title'}, title);
    this.detail = h('span', {class: 'detail', part: 'detail'});
    this.tools = h('span', {class: 'tools'});
    this.body = h('div', {class: 'body', part: 'body', hidden: true});
    this.mark = h('span', {class: 'mark', part: 'freshness', hidden: true});
    this.state = h('div', {class: 'state', part: 'state', 'data-shows': true}, ...loading());
    this.empty = h('p', {class: 'empty', part: 'empty', hidden: true});
    this.lines = lineList();
    const head = h('header', {class: 'head', part: 'head'}, this.title, this.detail, this.mark, this.tools);
    this.card = h('section', {class: 'card', part: 'card', 'aria-busy': 'true'}, head, this.state, this.empty, this.body, this.lines);
  }

  /** Shows the body, or `nothing` in its place when that is a sentence. */
  showContent(isLoaded, nothing) {
    show(this.body, isLoaded && nothing === null);
    show(this.empty, nothing !== null);
    if (nothing !== null) text(this.empty, nothing);
  }

  /**
   * Shows loading, or an error with what can be done about it. What is known stays: a passing failure is a mark beside it, not a wall in front.
   */
  showState(isLoaded, error, {hasKey, askForKey, tryAgain}) {
    set(this.card, 'aria-busy', !isLoaded && !error ? 'true' : null);
    const isGrave = error && (error.kind === 'key' || (error.kind !== 'network' && error.status !== 503));
    const isShown = !isLoaded || Boolean(isGrave);
    show(this.state, isShown);
    const shows = error ? error.title + error.detail : '';
    if (!isShown || this.state.dataset.shows === shows) return;
    this.state.dataset.shows = shows;
    set(this.state, 'data-kind', error?.kind);
    if (!error) {
      this.state.replaceChildren(...loading());
      return;
    }
    const isLocked = error.kind === 'key';
    // Who has no key yet need not be told how programs send one.
    this.state.replaceChildren(h('strong', {}, error.title), h('span', {}, isLocked && !hasKey ? '' : error.detail),
      h('button', {type: 'button', onclick: isLocked ? askForKey : tryAgain}, isLocked ? 'Enter key…' : 'Try again'));
  }

  /** Says that what is shown may be out of date; `words` is null when it is not. */
  showAge(words, isSaid) {
    set(this.card, 'data-stale', words !== null);
    show(this.mark, words !== null && isSaid);
    if (words !== null) text(this.mark, words);
  }

  /** Lists the redis-cli lines of what is shown. */
  showLines(lines) {
    showLines(this.lines, lines);
  }
}
