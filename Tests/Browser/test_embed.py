"""The elements in somebody else's page: another origin, built with React."""

import http.server
import threading

from pages import loaded, shot, words
from processes import ROOT, free_port

REACT = ROOT / ".local/react"
PAGE = """<!doctype html><meta charset="utf-8"><title>Somebody else's page</title><div id="root"></div>
<script src="/react.js"></script><script src="/react-dom.js"></script>
<script type="module" src="SERVICE/elements.js"></script><script src="/page.js"></script>"""
SCRIPT = """
const {createElement: h, useEffect, useRef, useState} = React;
function Desk({service}) {
    const place = useRef(null);
    const [status, setStatus] = useState('');
    const [shown, setShown] = useState(true);
    useEffect(() => {
        const told = (event) => setStatus(event.detail.status);
        place.current.addEventListener('usdcop-status', told);
        return () => place.current?.removeEventListener('usdcop-status', told);
    }, []);
    return h('main', {ref: place}, h('h1', null, 'A desk of React'), h('output', null, status),
        h('button', {onClick: () => setShown(!shown)}, 'toggle'),
        h('usdcop-signals', {'api-base': service, symbol: 'USDCOP', limit: 5}),
        h('usdcop-portfolio', {'api-base': service}),
        h('usdcop-system-health', {'api-base': service, 'show-latency': 'false', 'show-audit-log': 'false'}),
        shown && h('usdcop-audit-log', {'api-base': service, limit: 10}), h('usdcop-backend', {'api-base': service}),
        h('usdcop-latency-chart', {'api-base': service}));
}
ReactDOM.createRoot(document.getElementById('root')).render(h(Desk, {service: 'SERVICE'}));
"""


class Site:
    """A web server of somebody else."""

    def __init__(self, service, port=0):
        files = {
            "/": ("text/html", PAGE.replace("SERVICE", service)), "/page.js": ("text/javascript", SCRIPT.replace("SERVICE", service)),
            "/react.js": ("text/javascript", (REACT / "react.min.js").read_text()),
            "/react-dom.js": ("text/javascript", (REACT / "react-dom.min.js").read_text()),
        }  # fmt: skip

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                kind, text = files.get(self.path, ("text/plain", ""))
                self.send_response(200 if text else 404)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def test_the_elements_work_in_a_react_page_of_another_origin(desk, visit):
    port = free_port()
    service = desk.serve(USDCOP_CORS_ORIGINS=f"http://127.0.0.1:{port}")
    desk.fill(service)
    site = Site(service.address, port)
    page = visit(site.address)
    assert page.locator("h1").inner_text() == "A desk of React"
    assert "4,273.50" in words(page, "signals")
    page.wait_for_function("() => document.querySelector('output').textContent !== ''")
    # What happens reaches the page, and the composed event its framework.
    service.publish(700, price=8001)
    page.wait_for_function("() => document.querySelector('usdcop-signals').shadowRoot.textContent.includes('8,001.00')")
    # React takes an element away and puts it back.
    page.locator("button", has_text="toggle").click()
    assert page.locator("usdcop-audit-log").count() == 0
    page.locator("button", has_text="toggle").click()
    loaded(page)
    assert page.locator("usdcop-audit-log [data-event]").count() >= 5
    shot(page, "react-1280-light")


def test_another_service_or_theme_is_shown_as_soon_as_it_is_asked_for(desk, visit):
    port = free_port()
    service = desk.serve(USDCOP_CORS_ORIGINS=f"http://127.0.0.1:{port}")
    desk.fill(service)
    page = visit(Site(service.address, port).address)
    page.wait_for_function("() => document.querySelector('usdcop-audit-log').shadowRoot.textContent.includes('The chain is sound')")
    names = ["signals", "portfolio", "system-health", "audit-log", "backend", "latency-chart"]
    change = "([names, address]) => names.forEach((name) => document.querySelector('usdcop-' + name).setAttribute('api-base', address))"
    page.evaluate(change, [names, f"http://127.0.0.1:{free_port()}"])
    page.wait_for_function("() => document.querySelector('usdcop-signals').shadowRoot.textContent.includes('cannot be reached')")
    # Nothing of the service before, as of this one nothing is known.
    for name in names:
        assert "sound" not in words(page, name) and not page.locator(f"usdcop-{name} [part~=body]").first.is_visible(), name
    page.evaluate(change, [names, service.address])
    loaded(page)
    for name in names:
        assert page.locator(f"usdcop-{name} [part~=body]").first.is_visible() and "cannot be reached" not in words(page, name), name
    # Charts have their colours from a script.
    picture = "document.querySelector('usdcop-signals').shadowRoot.querySelector('canvas').toDataURL()"
    page.wait_for_function(f"() => (window.before = {picture}).length > 5000")
    page.evaluate("document.querySelector('usdcop-signals').setAttribute('theme', 'dark')")
    page.wait_for_function(f"() => {picture} !== window.before")


def test_a_page_of_an_origin_that_is_not_listed_gets_nothing(filled, visit):
    site = Site(filled.address)
    page = visit(site.address, ready=False, errors=False)
    assert page.evaluate("""async (service) => { try { await fetch(service + '/api/cache/signals'); return 'read'; } catch { return 'refused'; } }""", filled.address) == "refused"
