"""The browser of the tests: Debian's Chromium, driven by Playwright; a new context for every test, which fails on any error that the page says."""

import os
import pathlib
import re
import shutil

import pytest
from desk import ROOT, Desk
from playwright.sync_api import sync_playwright

#: Pictures of the pages, for people to look at; not in the repository.
SHOTS = pathlib.Path(os.environ.get("USDCOP_TEST_SHOTS") or ROOT / ".local/screenshots")
#: What no visitor may ever read.
BROKEN = re.compile(r"\b(NaN|undefined|null|Infinity|Invalid Date|\[object)\b")

#: Scripts that look through shadow roots begin with this.



@pytest.fixture(scope="session")
def chromium():
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "no chromium here; scripts/test installs it"
    with sync_playwright() as playwright:
        # Root may not use the sandbox; nothing but our own page is loaded.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--enable-precise-memory-info"])
        yield browser
        browser.close()


@pytest.fixture
def desk():
    desk = Desk()
    yield desk
    desk.close()


@pytest.fixture(scope="session")
def filled():
    """A desk that has worked for a while, for the tests that change nothing."""
    desk = Desk()
    desk.fill(desk.serve())
    yield desk.services[0]
    desk.close()


@pytest.fixture
def visit(chromium):
    """Opens pages; at the end, none of them may have said an error."""
    contexts, said = [], []

    def open_page(address, width=1280, height=900, init=None, ready=True, errors=True, **options):
        options = {"locale": "en-US", "timezone_id": "America/Bogota", "color_scheme": "light"} | options
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        if init:
            page.add_init_script(init)
        if errors:
            page.on("pageerror", lambda error: said.append(f"error: {error}"))
            # A request that failed is the browser's own message; whether it should have failed is for the test to say.
            page.on("console", lambda line: line.type in ("error", "warning") and "Failed to load resource" not in line.text and said.append(line.text))
        page.goto(address, wait_until="commit")
        if ready:
            loaded(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not said, said


def loaded(page):
    """Waits until every element of the page has its values."""
    page.wait_for_function(
        """() => {
            const within = (root) => [...root.querySelectorAll('*')].flatMap((one) =>
                [one, ...(one.shadowRoot ? within(one.shadowRoot) : [])]);
            const ours = within(document).filter((one) => one.localName.startsWith('usdcop-'));
            return ours.length > 0 && ours.every((one) => one.shadowRoot?.querySelector('[part~=card]')?.getAttribute('aria-busy') === 'false');
        }""",
        timeout=15_000,
    )


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
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
