"""A desk with API keys: the page asks, keeps the key for the tab, and never puts it into an address."""

import pytest
from desk import signal_of
from pages import loaded, settled, shot, words
from processes import until

KEY = "a-key-for-the-page-1234"
KEYS = f"reader:page:{KEY}\nwriter:desk:a-key-for-the-desk-1234"


@pytest.fixture
def locked(desk):
    service = desk.serve(USDCOP_API_KEYS=KEYS)
    service.post("/api/cache/signals", {"signal": signal_of(3)}, key="a-key-for-the-desk-1234")
    return service


def give(page, key):
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    dialog.locator("input").fill(key)
    dialog.locator("button[type=submit], button.primary").first.click()


def test_the_page_asks_for_a_key_and_then_shows_everything(locked, visit):
    page = visit(locked.address, ready=False)
    page.get_by_role("dialog").wait_for()
    shot(page, "key-1280-light")
    addresses = []
    page.on("request", lambda request: addresses.append(request.url))
    give(page, KEY)
    page.wait_for_function("() => document.getElementById('connection').textContent.includes('Live')")
    loaded(page)
    until(lambda: "4,253.50" in words(page, "signals"))
    assert not [address for address in addresses if KEY in address]
    assert KEY not in page.evaluate("JSON.stringify(localStorage) + document.cookie + location.href")
    # The tab knows it still.
    page.reload(wait_until="commit")
    page.wait_for_function("() => document.getElementById('connection')?.textContent.includes('Live')")
    assert page.get_by_role("dialog").count() == 0


def test_a_wrong_key_is_said_and_asked_for_again(locked, visit):
    page = visit(locked.address, ready=False)
    give(page, "not-the-key-of-anybody")
    page.wait_for_function("() => document.getElementById('connection').textContent.includes('Key needed')")
    shot(page, "wrong-key-1280-light")
    page.locator("#key-button").click()
    give(page, KEY)
    page.wait_for_function("() => document.getElementById('connection').textContent.includes('Live')")


def test_a_key_that_is_taken_after_all_needs_no_reload(desk, visit):
    """A proxy on the way refuses the stream for a moment."""
    service = desk.serve()
    page = visit("about:blank", ready=False)
    page.route("**/api/stream*", lambda route: route.fulfill(status=401, content_type="application/problem+json", body="{}"))
    page.goto(service.address)
    settled(page)
    page.wait_for_function("() => document.getElementById('connection').textContent.includes('Key needed')")
    page.unroute("**/api/stream*")
    page.evaluate("document.querySelector('usdcop-portfolio').reload()")
    page.wait_for_function("() => document.getElementById('connection').textContent.includes('Live')")
