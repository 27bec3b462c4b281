"""What tests do with pages."""

import os
import pathlib
import re

from processes import ROOT

#: Pictures of the pages, for people to look at; not in the repository.
SHOTS = pathlib.Path(os.environ.get("USDCOP_TEST_SHOTS") or ROOT / ".local/screenshots")
#: What no visitor may ever read.
BROKEN = re.compile(r"\b(NaN|undefined|null|Infinity|Invalid Date|\[object)\b")
#: Scripts that look through shadow roots begin with this.
DEEP = """
const all = (root) => [...root.querySelectorAll('*')].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
const places = (window.places ??= new Map());
const named = (one) => (places.has(one) || places.set(one, `${one.localName} ${places.size} ${one.textContent.trim().slice(0, 20)}`), places.get(one));
const deepest = () => { let one = document.activeElement; while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement; return one; };
"""


#: A page whose tab the test can put into the background.
HIDING = """
window.isHidden = false;
Object.defineProperty(Document.prototype, 'hidden', {get: () => window.isHidden, configurable: true});
window.hide = (flag) => { window.isHidden = flag; document.dispatchEvent(new Event('visibilitychange')); };
"""


def loaded(page):
    """Waits until every element of the page has its values."""
    page.wait_for_function(
        """() => {
            const within = (root) => [...root.querySelectorAll('*')].flatMap((one) =>
                [one, ...(one.shadowRoot ? within(one.shadowRoot) : [])]);
            const ours = within(document).filter((one) => one.localName.startsWith('usdcop-'));
            return ours.length > 0 && ours.every((one) => { const card = one.shadowRoot?.querySelector('[part~=card]'); return card && card.getAttribute('aria-busy') !== 'true'; });
        }""",
        timeout=15_000,
    )


def settled(page):
    """Waits until the elements below the first screen are there as well, with which the stream begins anew."""
    loaded(page)
    page.evaluate("new Promise((done) => setTimeout(done, 100))")


def all_text(page):
    """The text that the page shows, with that of the elements' shadow roots."""
    return page.evaluate("""() => {
        const words = (node) => {
            if (node.nodeType === Node.TEXT_NODE) return node.data;
            if (node.nodeType !== Node.ELEMENT_NODE && node.nodeType !== Node.DOCUMENT_FRAGMENT_NODE) return '';
            if (node.localName === 'script' || node.localName === 'style' || node.hidden) return '';
            return [...(node.shadowRoot ?? node).childNodes].map(words).join(' ');
        };
        return words(document.body);
    }""")


def shot(page, name):
    SHOTS.mkdir(parents=True, exist_ok=True)
    # The head of the page sticks to where the page was scrolled to.
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def words(page, name):
    """What an element of ours shows as text; `name` without its prefix."""
    return page.locator(f"usdcop-{name}").first.evaluate("one => one.shadowRoot.querySelector('[part~=card]').innerText")
