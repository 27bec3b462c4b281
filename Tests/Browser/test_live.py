"""The page is alive, tells the truth while something is away, and heals without a reload."""

import json
import signal
import statistics
import time

from desk import audited, now, signal_of
from pages import DEEP, HIDING, settled, shot, words
from processes import until
from proxy import CuttingProxy

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


#: What the page says of everything: its word, what needs attention, and the title of the tab.
OVERALL = "() => [...['overall', 'needs'].map((id) => document.getElementById(id).innerText.replace(/\\s+/g, ' ')), document.title]"


def says(page, overall, needs, title):
    page.wait_for_function(f"words => JSON.stringify(({OVERALL})()) === words", arg=json.dumps([overall, needs, title], separators=(",", ":"), ensure_ascii=False), timeout=10_000)


def is_whole(page):
    """Nothing is marked as out of date any more."""
    page.wait_for_function(f"() => {{ {DEEP} return !all(document).some((one) => one.matches('[data-stale], [part=freshness]:not([hidden])')); }}", timeout=10_000)


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
    says(page, "✖\ufe0e unhealthy", "Redis is away", "✖\ufe0e Redis · usdcop desk")
    shot(page, "redis-away-1280-light")
    desk.server.start()
    returned = time.monotonic()
    page.wait_for_function("() => !document.getElementById('banner').checkVisibility()", timeout=15_000)
    print(f"Redis came back; the page was whole after {time.monotonic() - returned:.2f} s")
    is_whole(page)
    says(page, "● healthy", "", "usdcop desk")
    service.publish(500, price=6001)
    page.wait_for_function("() => document.querySelector('usdcop-signals').shadowRoot.textContent.includes('6,001.00')", timeout=5000)


def test_events_that_do_not_arrive_are_said_although_redis_answers(desk, visit):
    service = desk.serve()
    desk.fill(service)
    page = visit(service.address)
    becomes(page, "Live")
    desk.redis.execute_command("ACL SETUSER default -xread")
    for client in desk.redis.client_list():
        if client["cmd"] == "xread":
            desk.redis.client_kill_filter(_id=client["id"])
    page.wait_for_function("() => document.getElementById('banner').textContent.includes('Events do not arrive')", timeout=5000)
    service.publish(700, price=7001)
    desk.redis.execute_command("ACL SETUSER default +xread")
    page.wait_for_function("() => document.querySelector('usdcop-signals').shadowRoot.textContent.includes('7,001.00')", timeout=5000)
    page.wait_for_function("() => !document.getElementById('banner').checkVisibility()", timeout=5000)


def test_the_server_stops_the_page_says_so_and_connects_again(desk, visit):
    service = desk.serve()
    desk.fill(service)
    page = visit(service.address)
    becomes(page, "Live")
    service.stop()
    page.wait_for_function("() => ['Reconnecting', 'Offline'].some((word) => document.getElementById('connection').textContent.includes(word))", timeout=2000)
    becomes(page, "Offline")
    says(page, "○ unknown", "was healthy", "○ Offline · usdcop desk")
    shot(page, "offline-1280-light")
    service.start()
    becomes(page, "Live", seconds=15)
    is_whole(page)
    says(page, "● healthy", "", "usdcop desk")
    service.publish(501, price=6002)
    page.wait_for_function("() => document.querySelector('usdcop-signals').shadowRoot.textContent.includes('6,002.00')", timeout=5000)


def test_a_server_that_is_killed_is_never_said_to_answer(desk, visit):
    service = desk.serve()
    service.publish(1)
    page = visit(service.address)
    becomes(page, "Live")
    page.evaluate("""() => {
        const place = document.getElementById('connection');
        const look = () => window.said.add(place.innerText.replace(/\\W/g, ''));
        window.said = new Set();
        new MutationObserver(look).observe(place, {subtree: true, childList: true, characterData: true, attributes: true});
    }""")
    service.process.kill()
    service.process.wait()
    becomes(page, "Offline")
    # A card that is given its figures asks nobody, and so has nothing to tell.
    page.evaluate("document.querySelector('usdcop-system-health').shadowRoot.querySelector('usdcop-service-card').reload()")
    assert page.evaluate("[...said]") == ["Reconnecting", "Offline"]


def test_a_frozen_server_is_not_shown_as_live_for_ever(desk, visit):
    """Its connection stays open, but nothing comes: silence is noticed by the missing comments."""
    service = desk.serve()
    service.publish(1)
    page = visit(service.address, init="const real = performance.now.bind(performance); window.skip = 0; performance.now = () => real() + window.skip;")
    becomes(page, "Live")
    service.process.send_signal(signal.SIGSTOP)
    try:
        # The page's clock, not the test, waits out the silence; again and again, because what was sent before may still come.
        page.evaluate("window.skipping = setInterval(() => (window.skip += 60_000), 100)")
        page.wait_for_function("() => /Reconnecting|Offline/.test(document.getElementById('connection').textContent)", timeout=10_000)
        page.evaluate("clearInterval(window.skipping)")
    finally:
        service.process.send_signal(signal.SIGCONT)
    becomes(page, "Live", seconds=30)


#: The page's stream client, without the elements, which load anew what a stream leaves out: every event that it hands on.
RECORD = """async () => {
    const place = document.querySelector('script[type=module]').src.replace('page.js', '');
    const [{Connection}, {Api}] = await Promise.all([import(place + 'connection.js'), import(place + 'api.js')]);
    Object.assign(window, {opened: 0, recorded: [], resets: 0});
    // Pauses between attempts are not what is looked at here.
    const hurry = () => setTimeout(() => connection.hurry());
    const connection = new Connection(new Api(location.origin), {
        topics: () => 'signals', opened: () => (opened += 1), ended: hurry, failed: hurry,
        received: ({topic, value}) => (topic === 'reset' ? (resets += 1) : recorded.push(value.signal_id)),
    });
    connection.start();
}"""


def test_disconnects_lose_nothing_and_repeat_nothing(desk, visit):
    """The page's own stream client, cut in the middle of whatever comes and moved between two servers, sees every signal once."""
    servers = [desk.serve(), desk.serve()]
    proxy = CuttingProxy([server.port for server in servers], seed=7)
    page = visit(proxy.address)
    page.evaluate(RECORD)
    page.wait_for_function("() => opened > 0")
    proxy.calm = False
    published = 0
    while proxy.cuts < 100:
        servers[published % 2].publish(published)
        published += 1
        assert published < 5000
    proxy.calm = True
    servers[0].publish(published)
    page.wait_for_function("last => recorded.at(-1) === last", arg=f"sig_{published}")
    print(f"{proxy.cuts} streams were cut while {published} signals were published; the page opened {page.evaluate('opened')}")
    assert page.evaluate("resets") == 0
    assert page.evaluate("recorded") == [f"sig_{number}" for number in range(published + 1)]
    proxy.close()


def test_signals_of_one_identifier_and_time_are_each_shown_once(desk, visit):
    """They differ in their price, so that they are two entries of the history."""
    service = desk.serve()
    same = now()
    service.publish(1, timestamp=same, price=4100)
    page = visit(service.address)
    becomes(page, "Live")
    service.publish(1, timestamp=same, price=4200)
    row = "() => [...document.querySelector('usdcop-signals').shadowRoot.querySelectorAll('tbody tr')].map((row) => row.children[2].textContent)"
    page.wait_for_function(f"() => ({row})().join() === '4,200.00,4,100.00'")
    for number in range(2, 5):
        service.publish(number, price=4300 + number)
        page.wait_for_function(f"price => ({row})()[0] === price", arg=f"4,30{number}.00")
    assert page.evaluate(row) == ["4,304.00", "4,303.00", "4,302.00", "4,200.00", "4,100.00"]


def test_more_events_than_can_wait_for_an_answer_are_asked_for_again(desk, visit):
    service = desk.serve()
    service.publish(0)
    # No second look of the page by itself.
    page = visit("about:blank", init="const timer = setTimeout; window.setTimeout = (work, pause) => timer(work, pause === 1500 ? 1e6 : pause);", ready=False)
    streams, answers = [], []
    page.route("**/api/stream*", lambda route: streams.append(route))
    page.goto(service.address)
    settled(page)
    page.route("**/api/cache/signals?type=history*", lambda route: route.continue_() if answers else answers.append(route))
    page.evaluate("void document.querySelector('usdcop-signals').reload()")
    # A handler is called while something is asked of the page.
    until(lambda: page.evaluate("true") and streams and answers)
    before = answers[0].fetch()
    service.publish(600)
    page.evaluate("addEventListener('usdcop-signal', ({detail}) => (window.last = detail.signal.signal_id))")
    told = [("open", {"cursor": "1"})] + [("signals", {"event": "set-and-add", "key": "", "value": signal_of(number)}) for number in range(1, 601)]
    streams[-1].fulfill(content_type="text/event-stream", body="".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in told))
    page.wait_for_function("() => window.last === 'sig_600'")
    answers[0].fulfill(response=before)
    page.wait_for_function("() => document.querySelector('usdcop-signals').shadowRoot.querySelectorAll('tbody tr').length === 2", timeout=5000)
    assert page.locator("usdcop-signals [part=price]").inner_text() == "4,850.50"


def test_a_signal_that_comes_late_is_not_the_latest(desk, visit):
    service = desk.serve()
    service.publish(1, price=4100)
    service.publish(2, price=4200, timestamp=now(-60))
    page = visit(service.address)
    assert page.locator("usdcop-signals [part=price]").inner_text() == "4,100.00"
    assert page.locator("usdcop-signals tbody tr td:nth-child(3)").all_inner_texts() == ["4,100.00", "4,200.00"]


def test_ages_do_not_trust_the_clock_of_the_visitor(desk, visit):
    service = desk.serve()
    desk.fill(service)
    page = visit(service.address, init="const real = Date.now; Date.now = () => real() + 7200_000;")
    page.wait_for_function("() => /(now|\\d+\u00a0s ago)$/.test(document.querySelector('usdcop-portfolio').shadowRoot.querySelector('[data-age-of]').textContent)")


def test_alerts_that_came_while_nobody_looked_are_there_when_somebody_does(desk, visit):
    service = desk.serve()
    # A burst of alerts is asked for once, after three seconds: here after none.
    soon = "const timer = setTimeout; window.setTimeout = (work, pause, ...rest) => timer(work, pause === 3000 ? 0 : pause, ...rest);"
    page = visit(service.address, init=HIDING + soon)
    becomes(page, "Live")
    # What the page asks for anew by itself, soon after it was opened, is past.
    page.wait_for_function("() => performance.now() > 4000")
    page.evaluate("""async () => {
        const {hubOf} = await import(document.querySelector('script[type=module]').src.replace('page.js', 'hub.js'));
        hubOf(location.origin).listen({topics: ['audit'], receive: () => (window.isTold = true)});
        hide(true);
    }""")
    service.post("/api/audit/signals", {"event_type": "RISK_ALERT", "data": audited("RISK_ALERT", 1)})
    until(lambda: desk.redis.xlen("usdcop:alerts") > 0)
    page.wait_for_function("() => window.isTold")
    page.evaluate("new Promise((done) => setTimeout(done, 50))")
    assert "drawdown" not in words(page, "alerts")
    page.evaluate("hide(false)")
    page.wait_for_function("() => document.querySelector('usdcop-alerts').shadowRoot.textContent.includes('The drawdown is large.')", timeout=3000)
