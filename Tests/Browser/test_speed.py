"""How fast the page is there, how much it weighs, and that it stays the size it is."""

import os
import pathlib
import statistics
import time

from desk import audited, now
from pages import HIDING, loaded
from processes import until

PAINT = """
window.painted = null;
const look = () => {
    const shows = (name) => document.querySelector(`usdcop-${name}`)?.shadowRoot?.querySelector('[part~=card]:not([aria-busy])');
    if (['signals', 'portfolio', 'alerts', 'system-health'].every(shows)) requestAnimationFrame(() => (window.painted = performance.now()));
    else requestAnimationFrame(look);
};
addEventListener('DOMContentLoaded', look);
"""
#: Whether the page is live, and whether a price stands on it as that of the latest signal.
LIVE = "() => document.getElementById('connection').textContent.includes('Live')"
SHOWS = "price => Number(document.querySelector('usdcop-signals').shadowRoot.querySelector('[data-redis-field=price]').dataset.value) === price"


def busy():
    """Seconds that all processors together have worked since the machine started."""
    user, nice, system = map(int, pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:4])
    return (user + nice + system) / os.sysconf("SC_CLK_TCK")


def settle():
    """A new window is built by the browser for half a second more, which nobody who opens the page in his window pays. Waits three seconds at most."""
    for _ in range(30):
        before = busy()
        time.sleep(0.1)
        if busy() - before <= 0.02:
            return


def test_the_first_paint_with_data_comes_at_once(filled, visit):
    times = []
    for _ in range(7):
        page = visit("about:blank", init=PAINT, ready=False)
        settle()
        page.goto(filled.address, wait_until="commit")
        page.wait_for_function("() => window.painted !== null")
        times.append(page.evaluate("window.painted"))
        page.context.close()
    print(f"first paint with data: median {statistics.median(times):.0f} ms, best {min(times):.0f} ms")
    # 300 ms are for a release build; this one is usually the debug build, and its machine has two processors for the browser and the service.
    assert min(times) <= 500


def test_the_page_weighs_at_most_100_kb_without_the_chart_library(filled, visit):
    page = visit("about:blank", ready=False)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes, addresses = {}, {}
    session.on("Network.requestWillBeSent", lambda event: addresses.update({event["requestId"]: event["request"]["url"]}))
    session.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(filled.address, wait_until="load")
    loaded(page)
    page.wait_for_function("() => document.querySelector('usdcop-latency-chart').shadowRoot.querySelector('canvas').checkVisibility()")

    def files():
        return [one for one, address in addresses.items() if "/api/" not in address]

    def is_whole():
        # Whatever is asked of the page brings the events that came along.
        page.evaluate("0")
        return all(one in sizes for one in files())

    # The network never falls silent: the event stream has no end.
    until(is_whole)
    weight = {addresses[one]: sizes[one] for one in files()}
    own = {address: size for address, size in weight.items() if "chart-library" not in address}
    print(f"the page weighs {sum(own.values()) / 1000:.1f} KB in {len(own)} files; the chart library {(sum(weight.values()) - sum(own.values())) / 1000:.1f} KB")
    assert 0 < sum(own.values()) <= 100_000


class Flood:
    """Changes of every kind, as fast as the service takes them."""

    def __init__(self, service):
        self.service = service
        self.number = 1000

    def pour(self, count):
        """Signals, of every hundred one twice with another price, and something else with every tenth. Gives the price of the last one."""
        for _ in range(count):
            self.number += 1
            price = 4000 + self.number / 100
            if self.number % 100 == 0:
                same = now()
                self.service.publish(self.number, price=price - 1, timestamp=same)
                self.service.publish(self.number, price=price, timestamp=same)
            else:
                self.service.publish(self.number, price=price)
            if self.number % 10 == 0:
                self.others(price)
        return price

    def others(self, price):
        put, post = self.service.put, self.service.post
        symbol = f"SYM{self.number // 10 % 7}"
        put(f"/api/cache/positions/{symbol}", {"position": audited("POSITION_OPENED", self.number) | {"symbol": symbol, "current_price": price}})
        put(f"/api/cache/metrics/custom/metric{self.number // 10 % 7}", {"value": price})
        post("/api/health/latency", {"measurements": [{"service": "desk", "operation": f"step{self.number // 10 % 7}", "latency_ms": price / 100}]})
        post("/api/health/services", {"service": "redis"})
        post("/api/audit/signals", {"event_type": "RISK_ALERT", "data": audited("RISK_ALERT", self.number)})


def test_the_page_does_not_grow_while_it_runs(desk, visit):
    """Some hundred changes, a tab in the background and a server that ends; with `USDCOP_SOAK` many thousands."""
    rounds = 40 if os.environ.get("USDCOP_SOAK") else 4
    service = desk.serve()
    desk.fill(service)
    page = visit(service.address, init=HIDING)
    page.wait_for_function(LIVE)
    session = page.context.new_cdp_session(page)
    flood = Flood(service)

    def shows(price):
        page.wait_for_function(SHOWS, arg=price)

    def round_of(count):
        """In sight, in the background, and past a restart of the server."""
        shows(flood.pour(count // 2))
        page.evaluate("hide(true)")
        price = flood.pour(count // 2)
        page.evaluate("hide(false)")
        shows(price)
        service.stop()
        service.start()
        page.wait_for_function(LIVE)
        shows(flood.pour(1))

    def measure():
        for _ in range(3):
            session.send("HeapProfiler.collectGarbage")
        heap = session.send("Runtime.getHeapUsage")["usedSize"]
        counts = session.send("Memory.getDOMCounters")
        return heap, counts["nodes"], counts["jsEventListeners"]

    round_of(200)
    before = measure()
    for _ in range(rounds):
        round_of(100)
    after = measure()
    print(f"heap {before[0] / 1e6:.2f} → {after[0] / 1e6:.2f} MB, nodes {before[1]} → {after[1]}, listeners {before[2]} → {after[2]}")
    assert after[0] <= before[0] * 1.15 + 1_000_000
    assert after[1] <= before[1] * 1.1 + 200
    assert after[2] <= before[2] * 1.1 + 50
