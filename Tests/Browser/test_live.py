"""The page is alive, tells the truth while something is away, and heals without a reload."""

import random
import statistics
import time

from pages import shot, words
from desk import now
from processes import until

#: Notes when the price of a published signal stands on the page, by the clock of this machine.
WATCH = """
window.seen = {};
window.watchPrices = () => {
    const look = () => {
        const price = document.querySelector('usdcop-signals')?.shadowRoot?.querySelector('[data-redis-field=price]')?.dataset.value;
        if (price && !(price in window.seen)) window.seen[price] = Date.now();
        requestAnimationFrame(look);
    };
    look();
};
"""


def connection(page):
    return page.locator("#connection")


def becomes(page, word, seconds=10):
    page.wait_for_function("word => document.getElementById('connection').textContent.includes(word)", arg=word, timeout=seconds * 1000)


def test_what_one_process_publishes_is_drawn_in_a_page_of_another_within_200_ms(desk, visit):
    writer, reader = desk.serve(), desk.serve()
    writer.publish(0)
    page = visit(reader.address, init=WATCH)
    becomes(page, "Live")
    page.evaluate("watchPrices()")
    published = {}
    for number in range(1, 21):
        price = 5000 + number
        published[price] = time.time() * 1000
        writer.publish(number, price=price, timestamp=now())
        page.wait_for_function("price => price in window.seen", arg=str(price), timeout=5000)
    seen = page.evaluate("window.seen")
    delays = [seen[str(price)] - at for price, at in published.items()]
    print(f"published in one process, drawn by another: median {statistics.median(delays):.0f} ms, worst {max(delays):.0f} ms")
    assert statistics.median(delays) <= 200


def test_every_kind_of_change_arrives_without_a_reload(desk, visit):
    service = desk.serve()
    page = visit(service.address)
    becomes(page, "Live")
    desk.fill(service)
    page.wait_for_function(
        """() => {
            const shows = (name, words) => document.querySelector(`usdcop-${name}`).shadowRoot.textContent.includes(words);
            return shows('signals', '4,273.50') && shows('portfolio', 'EURUSD') && shows('portfolio', '18,234.50') && shows('audit-log', 'desk opened');
        }""",
        timeout=5000,
    )
    page.wait_for_function("() => document.querySelector('usdcop-latency-chart').shadowRoot.querySelector('canvas')?.checkVisibility()", timeout=5000)


def test_redis_stops_the_page_says_so_keeps_what_it_knew_and_heals(desk, visit):
    service = desk.serve()
    desk.fill(service)
    page = visit(service.address)
    becomes(page, "Live")
    desk.server.kill()
    stopped = time.monotonic()
    page.wait_for_function("() => document.getElementById('banner').checkVisibility()", timeout=5000)
    said = time.monotonic() - stopped
    print(f"Redis was killed; the page said so after {said:.2f} s")
    assert said <= 2
    assert "4,273.50" in words(page, "signals"), "it keeps what it knew"
    page.wait_for_function(
        "() => [...document.querySelectorAll('usdcop-signals, usdcop-portfolio')].every((one) => !one.shadowRoot.querySelector('[part=freshness]').hidden)", timeout=5000
    )
    shot(page, "redis-away-1280-light")
    desk.server.start()
    returned = time.monotonic()
    page.wait_for_function("() => !document.getElementById('banner').checkVisibility()", timeout=15_000)
    print(f"Redis came back; the page was whole after {time.monotonic() - returned:.2f} s")
    service.publish(500, price=6001)
    page.wait_for_function("() => document.querySelector('usdcop-signals').shadowRoot.textContent.includes('6,001.00')", timeout=5000)


def test_the_server_stops_the_page_says_so_and_connects_again(desk, visit):
    service = desk.serve()
    desk.fill(service)
    page = visit(service.address)
    becomes(page, "Live")
    service.stop()
    page.wait_for_function("() => ['Reconnecting', 'Offline'].some((word) => document.getElementById('connection').textContent.includes(word))", timeout=2000)
    becomes(page, "Offline")
    shot(page, "offline-1280-light")
    service.start()
    becomes(page, "Live", seconds=15)
    service.publish(501, price=6002)
    page.wait_for_function("() => document.querySelector('usdcop-signals').shadowRoot.textContent.includes('6,002.00')", timeout=5000)


def test_a_frozen_server_is_not_shown_as_live_for_ever(desk, visit):
    """Its connection stays open, but nothing comes: silence is noticed by the missing comments."""
    import signal

    service = desk.serve()
    service.publish(1)
    page = visit(service.address, init="const real = performance.now.bind(performance); window.skip = 0; performance.now = () => real() + window.skip;")
    becomes(page, "Live")
    service.process.send_signal(signal.SIGSTOP)
    try:
        # The page's clock, not the test, waits out the silence.
        page.evaluate("window.skip = 60_000")
        page.wait_for_function("() => !document.getElementById('connection').textContent.includes('Live')", timeout=5000)
    finally:
        service.process.send_signal(signal.SIGCONT)
    becomes(page, "Live", seconds=30)


def test_disconnects_lose_nothing_and_repeat_nothing(desk, visit):
    """The page's own stream client, cut at random places and moved between two servers, sees every signal once."""
    servers = [desk.serve(), desk.serve()]
    page = visit(servers[0].address)
    becomes(page, "Live")
    chance = random.Random(7)
    rounds = 12
    for number in range(rounds):
        servers[number % 2].publish(number, price=7000 + number)
        if chance.random() < 0.5:
            page.context.set_offline(True)
            servers[1].publish(100 + number, price=7100 + number)
            page.context.set_offline(False)
    total = desk.redis.llen("usdcop:signal:history:USDCOP")
    until(lambda: int(page.locator("usdcop-signals [data-redis-cli*=LLEN]").first.get_attribute("data-value") or 0) == total)
    rows = page.locator("usdcop-signals tbody tr").count()
    assert rows == min(total, 50)
