"""The browser of the tests: Debian's Chromium, driven by Playwright; a new context for every test, which fails on any error that the page says."""

import shutil

import pytest
from desk import Desk
from pages import loaded
from playwright.sync_api import sync_playwright


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
