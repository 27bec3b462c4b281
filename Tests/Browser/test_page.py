"""What a visitor sees: everything there, nothing broken, cut off or out of reach."""

import datetime
import http.server
import itertools
import threading
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from pages import BROKEN, DEEP, all_text, loaded, shot, words
from processes import free_port

ELEMENTS = ["system-health", "service-card", "latency-chart", "audit-log", "signals", "portfolio", "backend"]
WIDTHS = [360, 768, 1280, 1600]
SCHEMES = ["light", "dark"]


def test_every_element_shows_its_values(filled, visit):
    page = visit(filled.address)
    for name in ELEMENTS:
        element = page.locator(f"usdcop-{name}").first
        assert element.is_visible(), name
        assert element.locator("[part~=body]").first.is_visible(), f"{name} shows its body"
    assert not BROKEN.search(all_text(page)), BROKEN.search(all_text(page))
    assert "4,273.50" in words(page, "signals")
    # There is no channel, which is said once and not with every alert.
    assert "no webhook and no address is told" in words(page, "alerts") and "unsent" not in words(page, "alerts")
    assert page.locator("usdcop-latency-chart canvas").first.is_visible()
    assert page.locator("usdcop-audit-log [data-event]").count() >= 30


def test_an_empty_desk_is_said_in_words_and_not_shown_as_zeros_or_boxes(desk, visit):
    page = visit(desk.serve().address)
    for name in ("signals", "portfolio", "audit-log", "latency-chart"):
        assert len(words(page, name).split()) > 4, (name, words(page, name))
    assert not BROKEN.search(all_text(page)), BROKEN.search(all_text(page))
    shot(page, "empty-1280-light")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_services_that_are_slow_or_away_come_first_and_are_named_above(desk, visit, scheme):
    with SlowServer() as slow:
        service = desk.serve(TRADING_API_URL=slow.address, ML_ANALYTICS_URL=f"http://127.0.0.1:{free_port()}")
        desk.fill(service)
        page = visit(service.address, color_scheme=scheme)
        page.wait_for_function("() => document.getElementById('needs').textContent === 'ml-analytics unhealthy, trading-api degraded'")
        assert page.locator("#overall").inner_text().split()[-1] == "unhealthy"
        assert page.title() == "✖\ufe0e 2 · usdcop desk"
        cards = page.locator("usdcop-service-card [part=title]").all_inner_texts()
        assert cards[:2] == ["ml-analytics", "trading-api"], cards
        shot(page, f"unhealthy-1280-{scheme}")


class SlowServer(http.server.ThreadingHTTPServer):
    """A service whose answers take longer than those of a healthy one."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            time.sleep(0.7)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


@pytest.mark.parametrize(("width", "scheme"), list(itertools.product(WIDTHS, SCHEMES)))
def test_nothing_is_wider_than_the_screen_and_axe_finds_nothing(filled, visit, width, scheme):
    page = visit(filled.address, width=width, color_scheme=scheme)
    page.wait_for_timeout(50)
    shot(page, f"page-{width}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    assert page.evaluate(OUTSIDE) == []
    found = Axe().run(page).response["violations"]
    assert not found, [(one["id"], one["help"], [node["target"] for node in one["nodes"]][:5]) for one in found]


#: Elements that stick out of the page and of no box that scrolls.
OUTSIDE = """() => {
    const found = [];
    const walk = (root, scrolls) => {
        for (const one of root.children ?? []) {
            const box = one.getBoundingClientRect();
            const style = getComputedStyle(one);
            const clips = scrolls || /auto|scroll|hidden|clip/.test(style.overflowX);
            const isSeen = one.checkVisibility() && box.width > 1 && box.height > 1;
            if (isSeen && !scrolls && style.position !== 'fixed' && (box.right > innerWidth + 1 || box.left < -1)) found.push(one.localName + '.' + one.className);
            walk(one, clips);
            if (one.shadowRoot) walk(one.shadowRoot, clips);
        }
    };
    walk(document.body, false);
    return found.slice(0, 10);
}"""


def test_everything_that_opens_is_readable_and_axe_finds_nothing_in_it(filled, visit):
    page = visit(filled.address)
    for summary in page.locator("summary").all():
        if summary.is_visible():
            summary.click()
    shot(page, "page-1280-light-open")
    assert not BROKEN.search(all_text(page)), BROKEN.search(all_text(page))
    found = Axe().run(page).response["violations"]
    assert not found, [(one["id"], [node["target"] for node in one["nodes"]][:5]) for one in found]


def test_the_filter_of_the_trail_shows_events_of_one_type(filled, visit):
    page = visit(filled.address)
    trail = page.locator("usdcop-audit-log").first
    trail.locator("select").select_option("RISK_ALERT")
    page.wait_for_function(
        """() => { const kinds = [...document.querySelector('usdcop-audit-log').shadowRoot.querySelectorAll('[data-event]')].map((one) => one.dataset.event);
            return kinds.length === 2 && kinds.every((kind) => kind === 'RISK_ALERT'); }"""
    )


@pytest.mark.parametrize("form", ["CSV", "JSON", "NDJSON"])
def test_the_trail_is_exported_from_the_page(filled, visit, form):
    page = visit(filled.address)
    trail = page.locator("usdcop-audit-log").first
    trail.locator("summary", has_text="Export").click()
    with page.expect_download() as download:
        trail.get_by_text(form, exact=True).click()
    assert download.value.suggested_filename.endswith(form.lower())
    assert "SIGNAL_GENERATED" in download.value.path().read_text()


def test_the_keyboard_reaches_and_operates_everything(filled, visit):
    page = visit(filled.address)
    wanted = page.evaluate(OPERABLE)
    reached, unseen = set(), set()
    for _ in range(len(wanted) * 2 + 20):
        page.keyboard.press("Tab")
        name = page.evaluate(FOCUSED)
        reached.add(name)
        # Every place of the focus is to be seen.
        if name in wanted and not page.evaluate(OUTLINED):
            unseen.add(name)
    assert [one for one in wanted if one not in reached] == []
    assert not unseen
    # And it operates: disclosures open, lines show, the type of event changes.
    summaries = [
        page.locator("usdcop-signals summary:visible").first, page.locator("usdcop-audit-log [part=export] summary"),
        page.locator("usdcop-audit-log [data-event] summary").first,
    ]  # fmt: skip
    for summary in summaries:
        summary.focus()
        page.keyboard.press("Enter")
        assert summary.evaluate("one => one.parentElement.open"), summary
    page.get_by_role("button", name="Show redis-cli").focus()
    page.keyboard.press("Enter")
    assert page.locator("usdcop-backend .line:visible").count() >= 5
    page.locator("usdcop-audit-log select").first.focus()
    page.keyboard.press("ArrowDown")
    assert page.locator("usdcop-audit-log select").first.input_value() != ""


OPERABLE = f"""() => {{ {DEEP}
    return all(document).filter((one) => one.matches('a[href], button, select, input, summary, [tabindex="0"]') && !one.disabled
        && one.checkVisibility({{visibilityProperty: true}})).map(named);
}}"""
FOCUSED = f"() => {{ {DEEP} const one = deepest(); return one ? named(one) : ''; }}"
OUTLINED = f"""() => {{ {DEEP} const style = getComputedStyle(deepest());
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1 || style.boxShadow !== 'none'; }}"""


def test_charts_have_a_name_and_a_table_of_the_same_values(filled, visit):
    page = visit(filled.address)
    chart = page.locator("usdcop-latency-chart").first
    assert "ms" in chart.locator("canvas").get_attribute("aria-label")
    chart.locator("summary", has_text="table").first.click()
    assert chart.locator("table tbody tr").count() >= 1


def test_without_the_chart_library_the_tables_are_shown(filled, visit, chromium):
    page = visit(filled.address, ready=False)
    page.route("**/chart-library*", lambda route: route.abort())
    page.reload(wait_until="commit")
    loaded(page)
    table = page.locator("usdcop-latency-chart table").first
    table.wait_for(state="visible")
    assert not page.locator("usdcop-latency-chart canvas").first.is_visible()
    shot(page, "no-charts-1280-light")


def test_reduced_motion_is_honoured(filled, visit):
    page = visit(filled.address, reduced_motion="reduce")
    moving = page.evaluate(f"""() => {{ {DEEP}
        return all(document).filter((one) => one.checkVisibility()).map((one) => getComputedStyle(one))
            .filter((style) => style.animationName !== 'none' && parseFloat(style.animationDuration) > 0.01
                || style.transitionDuration.split(',').some((time) => parseFloat(time) > 0.01)).length; }}""")
    assert moving == 0


def test_times_are_local_with_utc_on_hover(filled, visit):
    page = visit(filled.address)
    times = page.locator("usdcop-audit-log time").all()
    assert len(times) >= 5
    # Bogotá has no summer time.
    zone = datetime.timezone(datetime.timedelta(hours=-5))
    for one in times[:5]:
        instant = datetime.datetime.fromisoformat(one.get_attribute("datetime"))
        assert instant.utcoffset() == datetime.timedelta(0)
        assert one.get_attribute("title") == f"{instant:%Y-%m-%d %H:%M:%S}.{instant.microsecond // 1000:03d} UTC"
        local = instant.astimezone(zone)
        # The day stands there where it has ended since.
        assert one.inner_text() in (f"{local:%H:%M:%S}", f"{local:%b} {local.day}, {local:%H:%M}")


def test_the_policy_of_the_page_allows_nothing_but_itself(filled, visit):
    page = visit(filled.address, ready=False)
    answer = page.request.get(filled.address)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    assert "*" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_items_of_one_key_have_a_node_each_and_leave_none_behind(filled, visit):
    page = visit(filled.address, ready=False)
    shown = page.evaluate("""async () => {
        const {keyed, h} = await import(document.querySelector('script[type=module]').src.replace('page.js', 'dom.js'));
        const list = h('ul');
        const paint = (items) => keyed(list, items, ([key]) => key, () => h('li'), (item, [, words]) => (item.textContent = words));
        const same = [['a', 1], ['a', 2], ['b', 3], ['a', 4]];
        paint(same);
        const nodes = [...list.children];
        for (let round = 0; round < 10; round += 1) paint(same);
        const stays = nodes.every((node, index) => node === list.children[index]);
        const first = list.textContent;
        paint([['b', 3], ['a', 5]]);
        return [first, stays, list.textContent];
    }""")
    assert shown == ["1234", True, "35"]
