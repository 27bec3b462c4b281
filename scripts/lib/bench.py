"""The rounds, ratios and plots of scripts/bench."""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

import stream_load

BIN = pathlib.Path(os.environ["USDCOP_BIN"])
LOOP = os.environ["USDCOP_BENCH_LOOP"]
URL = os.environ["REDIS_URL"]
PORT = urllib.parse.urlsplit(URL).port
SIGNAL = (
    '{"action":"BUY","confidence":0.85,"execution_latency_ms":45,"features":{"macd":-1.25,"rsi":45},'
    '"model_version":"v1.0","price":4250.5,"signal_id":"sig_%s","symbol":"USDCOP","timestamp":"2025-01-15T10:30:00.000Z"}'
)


def output(*command, **options):
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300, **options)
    if result.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {result.returncode}: {result.stderr[-500:]}")
    return result.stdout


def load(name, callers, total, where="", url=URL):
    """Operations per second (or nanoseconds, for memory and log) of the Swift client."""
    environment = {**os.environ, "REDIS_URL": url}
    return float(output(BIN / "usdcop-bench", name, callers, total, *([where] if where else []), env=environment))


def hiredis(depth, total):
    return float(output(LOOP, "127.0.0.1", PORT, "bench:signal", depth, total))


def redis_benchmark(total, *command, port=PORT):
    text = output("redis-benchmark", "-p", port, "-c", 1, "-P", 64, "-n", total, "-r", 1000000, "--csv", *command)
    return float(re.findall(r'"([\d.]+)"', text.splitlines()[-1])[0])


def publish_command():
    """One publish step as it goes over the wire, with a signal_id that redis-benchmark varies."""
    monitor = subprocess.Popen(["redis-cli", "-p", str(PORT), "monitor"], stdout=subprocess.PIPE, text=True)
    monitor.stdout.readline()
    load("publish", 1, 2)
    line = next(line for line in monitor.stdout if '"EVALSHA"' in line and "sig_1" in line)
    monitor.terminate()
    words = [json.loads(word.replace("\\x", "\\u00")) for word in re.findall(r'"(?:[^"\\]|\\.)*"', line)]
    return [word.replace("sig_1", "sig___rand_int__") for word in words]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def server(*command, ready, environment=None):
    process = subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **(environment or {})}
    )
    try:
        started = time.monotonic()
        while not answers(ready):
            if process.poll() is not None or time.monotonic() - started > 30:
                raise RuntimeError(f"{command[0]} did not start")
        yield process, time.monotonic() - started
    finally:
        process.terminate()
        process.wait(30)


def answers(port):
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", "/livez")
        connection.getresponse().read()
        return True
    except OSError:
        time.sleep(0.002)
        return False


def wrk(port, path, script=None, headers=()):
    options = [*(["-s", script] if script else []), *(word for header in headers for word in ("-H", header))]
    command = ["wrk", "-t1", "-c64", "-d3s", *options, f"http://127.0.0.1:{port}{path}"]
    text = output(*command)
    if "Non-2xx" in text:
        raise RuntimeError(f"{path} answered errors: {text}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))


class Report:
    def __init__(self, rounds, only):
        self.rounds, self.only, self.rows = rounds, only, []

    def wants(self, name):
        return not self.only or self.only in name

    def compare(self, name, ours, reference, beside, reach, better="higher"):
        """Runs both by turns; the ratio is the median of the rounds' ratios."""
        if not self.wants(name):
            return
        pairs = []
        for number in range(self.rounds):
            first, second = (ours, reference) if number % 2 == 0 else (reference, ours)
            values = first(), second()
            pairs.append(values if number % 2 == 0 else values[::-1])
            print(f"\r{name}: round {number + 1} of {self.rounds}\033[K", end="", file=sys.stderr, flush=True)
        ratios = [a / b for a, b in pairs]
        self.add(name, statistics.median(a for a, _ in pairs), beside, statistics.median(b for _, b in pairs), ratios, reach, better)

    def against(self, name, ours, limit, unit, better="lower"):
        """A figure with a fixed bound."""
        if not self.wants(name):
            return
        values = [ours() for _ in range(self.rounds)]
        self.add(name, statistics.median(values), f"bound, {unit}", limit, [value / limit for value in values], 1.0, better)

    def add(self, name, value, beside, reference, ratios, reach, better):
        ratio = statistics.median(ratios)
        met = ratio >= reach if better == "higher" else ratio <= reach
        self.rows.append(
            dict(name=name, value=value, reference=beside, reference_value=reference, ratio=ratio, low=min(ratios), high=max(ratios),
                 reach=reach, better=better, met=met)
        )

    def show(self):
        print("\r\033[K", end="", file=sys.stderr)
        print(f"{'figure':44} {'ours':>12} {'reference':>12}  {'ratio':>6} {'spread':>12}  {'reach':>7}  reference is")
        for row in self.rows:
            sign = "≥" if row["better"] == "higher" else "≤"
            print(
                f"{row['name']:44} {row['value']:12,.0f} {row['reference_value']:12,.0f}  {row['ratio']:6.2f} "
                f"{row['low']:5.2f}–{row['high']:<6.2f}  {sign} {row['reach']:<4} {'✓' if row['met'] else '✗'} {row['reference']}"
            )


def client_figures(report):
    totals = {1: 20_000, 8: 100_000, 64: 400_000, 512: 600_000}
    load("get", 1, 10)
    for callers, reach in [(1, 0.85), (8, 0.6), (64, 0.8), (512, 0.6)]:
        report.compare(
            f"get, {callers} callers", lambda c=callers: load("get", c, totals[c]), lambda c=callers: hiredis(c, totals[c]),
            f"plain hiredis, depth {callers}", reach)
        report.compare(
            f"get, {callers} callers, global executor", lambda c=callers: load("get", c, totals[c], "global"),
            lambda c=callers: hiredis(c, totals[c]), f"plain hiredis, depth {callers}", reach)
    report.compare(
        "set, 64 callers", lambda: load("set", 64, 200_000), lambda: redis_benchmark(200_000, "SET", "bench:signal", SIGNAL % 1),
        "redis-benchmark -P 64", 0.5)
    if report.wants("publish"):
        command = publish_command()
        report.compare(
            "publish, 64 callers", lambda: load("publish", 64, 60_000), lambda: redis_benchmark(60_000, *command),
            "redis-benchmark -P 64, same EVALSHA", 0.5)
    report.compare(
        "get latest, typed, 64 callers", lambda: load("latest", 64, 200_000), lambda: load("get", 64, 200_000), "raw GET above", 0.3)
    report.against("memory get", lambda: load("memory-get", 1, 500_000), 300, "ns")
    report.against("memory set", lambda: load("memory-set", 1, 500_000), 300, "ns")
    report.compare(
        "log line, JSON to a file", lambda: load("log-json", 1, 200_000), lambda: load("log-stream", 1, 200_000),
        "swift-log's stream handler, ns", 1.0, "lower")
    report.against("log line to the caller", lambda: load("log-json", 1, 200_000), 2000, "ns")
    report.against("log line into a blocked pipe, p99.9", lambda: load("log-blocked", 1, 50_000), 1_000_000, "ns")


def append_command():
    """One record of the trail as XADD writes it, with the same bytes and the cap of the trail."""
    entry = (
        '{"action":"Signal generated: BUY USDCOP at 4250.5 (confidence 0.85, v1.0)","after_state":{"action":"BUY","features":'
        '{"macd":-1.25,"rsi":45},"price":4250.5},"audit_id":"0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee","event_type":"SIGNAL_GENERATED",'
        '"metadata":{"confidence":0.85,"model_version":"v1.0","signal_id":"sig_0"},"symbol":"USDCOP",'
        '"timestamp":"2025-01-15T10:30:00.000Z"}'
    )
    return [
        "XADD", "bench:audit", "MAXLEN", "=", "10000", "*", "writer", "host-4711-20250115T103000Z-9f2c41aa00112233",
        "seq", "__rand_int__", "prev", "0" * 64, "hash", "f" * 64, "entry", entry]


@contextlib.contextmanager
def durable_redis():
    """A server with an append-only file that is synced every second: what the figures of the trail are defined with."""
    command = ["scripts/with-redis", "--appendonly", "bash", "-c", 'echo "$REDIS_URL"; read -r _ || true']
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        url = process.stdout.readline().strip()
        port = urllib.parse.urlsplit(url).port
        settings = output("redis-cli", "-p", port, "config", "get", "append*").split()
        if not url or ("everysec" not in settings):
            raise RuntimeError("the server for the trail has no append-only file")
        yield url, port
    finally:
        process.stdin.close()
        process.wait(30)


def audit_figures(report):
    names = [
        "audit append, 64 callers", "audit append, events/s", "audit query, filters, 10,000 events",
        "audit export, CSV, 10,000 events"]  # fmt: skip
    if not any(report.wants(name) for name in names):
        return
    with durable_redis() as (url, port):
        append = lambda: load("audit-append", 64, 64_000, url=url)
        report.compare(
            names[0], append, lambda: redis_benchmark(100_000, *append_command(), port=port), "redis-benchmark -P 64, XADD, AOF everysec", 0.3)
        report.against(names[1], append, 20_000, "events/s, AOF everysec", "higher")
        report.against(names[2], lambda: load("audit-query", 1, 200, url=url), 5_000_000, "ns")
        report.against(names[3], lambda: load("audit-export", 1, 10, url=url), 50_000_000, "ns")


def latency_figures(report):
    report.against("latency record", lambda: load("latency-record", 1, 1_000_000), 500, "ns")
    report.against("latency samples stored, none dropped", lambda: load("latency-store", 1, 500_000), 100_000, "samples/s", "higher")
    report.against("latency samples lost of 100,000/s for 3 s", lambda: load("latency-drops", 1, 300_000), 1, "samples")
    report.against("latency stats, 10,000 samples, 4 operations", lambda: load("latency-stats", 1, 500), 1_000_000, "ns")


def http_figures(report, scratch):
    if not (report.wants("http get latest") or report.wants("http post signal")):
        return
    ours, webdis_port = free_port(), free_port()
    configuration = scratch / "webdis.json"
    configuration.write_text(json.dumps(dict(
        redis_host="127.0.0.1", redis_port=PORT, http_host="127.0.0.1", http_port=webdis_port, daemonize=False, threads=1, verbosity=0,
        logfile=str(scratch / "webdis.log"))))
    post = scratch / "post.lua"
    post.write_text(
        "local n = 0\nrequest = function()\n  n = n + 1\n  return wrk.format('POST', nil, {['Content-Type'] = 'application/json'}, "
        "'{\"action\":\"set-and-add\",\"signal\":" + (SIGNAL % "' .. n .. '") + "}')\nend\n")
    with contextlib.ExitStack() as stack:
        stack.enter_context(server(BIN / "usdcop-bench", "serve", ready=ours, environment={"USDCOP_PORT": str(ours)}))
        post_signal(ours)
        latest = lambda: wrk(ours, "/api/cache/signals?type=latest")
        report.compare("http get latest, 64 connections", latest, lambda: wrk(ours, "/bench/constant"), "constant route, same middleware", 0.8)
        report.compare(
            "http post signal, 64 connections", lambda: wrk(ours, "/api/cache/signals", post), lambda: wrk(ours, "/bench/decode", post),
            "route that decodes the same body", 0.5)
        if shutil.which("webdis"):
            stack.enter_context(server("webdis", configuration, ready=webdis_port))
            report.compare("http get latest beside webdis", latest, lambda: wrk(webdis_port, "/GET/bench:signal"), "webdis (C), GET", 0.6)


def guard_figures(report):
    """What rate limit, bounds of connections and borders cost together: the same service, asked with a key, with all of them and with none."""
    name = "http get latest, all guards on"
    if not report.wants(name):
        return
    guarded, bare = free_port(), free_port()
    key = "bench-key-0123456789abcdef"
    with contextlib.ExitStack() as stack:
        for mode, port in ("serve-guarded", guarded), ("serve-bare", bare):
            environment = {"USDCOP_BENCH_KEY": key, "USDCOP_PORT": str(port)}
            stack.enter_context(server(BIN / "usdcop-bench", mode, ready=port, environment=environment))
        post_signal(bare, key)
        path, headers = "/api/cache/signals?type=latest", [f"X-API-Key: {key}"]
        report.compare(
            name, lambda: wrk(guarded, path, headers=headers), lambda: wrk(bare, path, headers=headers), "no guard at all", 0.9)


def post_signal(port, key=None):
    body = json.dumps({"action": "set-and-add", "signal": json.loads(SIGNAL % 1)})
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/api/cache/signals", body, {"Content-Type": "application/json"} | ({"X-API-Key": key} if key else {}))
    connection.getresponse().read()


def resident(process):
    """Megabytes in memory."""
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", text).group(1)) / 1024


def stream_figures(report):
    if not report.wants("stream"):
        return
    one, all_times, memory = [], [], []
    for _ in range(report.rounds):
        ports = free_port(), free_port()
        with contextlib.ExitStack() as stack:
            services = [
                stack.enter_context(server(BIN / "usdcop", "serve", ready=port, environment={"USDCOP_PORT": str(port)}))[0] for port in ports]
            one.append(stream_load.run(*ports, clients=1, events=200)[0])
            median, megabytes = stream_load.run(*ports, clients=1000, events=20, settled=lambda: resident(services[1]))
            all_times.append(median)
            memory.append(megabytes)
    for name, values, bound, unit in [
        ("stream: event to another process, ms", one, 20, "ms"), ("stream: event to 1,000 clients, ms", all_times, 100, "ms"),
        ("stream: memory with 1,000 clients, MB", memory, 100, "MB")]:  # fmt: skip
        report.add(name, statistics.median(values), f"bound, {unit}", bound, [value / bound for value in values], 1.0, "lower")


def start_figures(report):
    if not report.wants("start"):
        return
    times, memory = [], []
    for _ in range(report.rounds):
        port = free_port()
        with server(BIN / "usdcop", "serve", ready=port, environment={"USDCOP_PORT": str(port)}) as (process, seconds):
            times.append(seconds * 1000)
            time.sleep(1)
            memory.append(resident(process))
    report.add("start to first answer, ms", statistics.median(times), "bound, ms", 300, [t / 300 for t in times], 1.0, "lower")
    report.add("start: idle memory, MB", statistics.median(memory), "bound, MB", 60, [m / 60 for m in memory], 1.0, "lower")


def growth(report, directory):
    if not report.wants("growth"):
        return
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plot

    def cli(*arguments, text=None):
        return output(BIN / "usdcop", *arguments, "--redis-url", URL, input=text)

    def microseconds(name, total=2000):
        return 1e6 / load(name, 1, total)

    curves = {}
    callers = [1, 4, 16, 64, 256, 1024, 4096]
    curves["callers", "GET per second"] = callers, [load("get", c, 20_000 if c < 16 else 200_000) for c in callers]
    lengths = [1, 5, 10, 25, 50, 75, 100]
    values = []
    for length in lengths:
        symbol = f"GROWTH{length}"
        cli("signal", "publish", "-", text="\n".join((SIGNAL % n).replace("USDCOP", symbol) for n in range(length)))
        values.append(microseconds(f"history-{symbol}"))
    curves["signals in the history", "µs for a history"] = lengths, values
    counts, values, made = [1, 10, 100, 1000, 10_000], [], 0
    output("redis-cli", "-p", PORT, "unlink", "usdcop:index:signals", "usdcop:index:signals:latest")
    for count in counts:
        cli("signal", "publish", "-", text="\n".join((SIGNAL % n).replace("USDCOP", f"S{n}") for n in range(made, count)))
        made = count
        values.append(microseconds("symbols", max(20, 2000 // count)))
    curves["symbols", "µs for the latest of all"] = counts, values
    directory.mkdir(parents=True, exist_ok=True)
    for (across, up), (xs, ys) in curves.items():
        figure, axes = plot.subplots(figsize=(6, 3.5))
        axes.plot(xs, ys, marker="o")
        axes.set_xscale("log")
        axes.set_ylim(bottom=0)
        axes.set_xlabel(across)
        axes.set_ylabel(up)
        axes.grid(alpha=0.3)
        figure.tight_layout()
        name = directory / (re.sub(r"\W+", "-", across) + ".png")
        figure.savefig(name, dpi=120)
        print(f"growth: {up} over {across}: " + ", ".join(f"{x:,}→{y:,.0f}" for x, y in zip(xs, ys)) + f"  ({name})")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--plots", type=pathlib.Path, default=pathlib.Path(".local/bench"))
    options = parser.parse_args()
    report = Report(options.rounds, options.only)
    with tempfile.TemporaryDirectory() as scratch:
        client_figures(report)
        audit_figures(report)
        latency_figures(report)
        http_figures(report, pathlib.Path(scratch))
        guard_figures(report)
        stream_figures(report)
        start_figures(report)
    report.show()
    growth(report, options.plots)
    if options.json:
        options.json.write_text(json.dumps(report.rows, indent=2, ensure_ascii=False) + "\n")


main()
