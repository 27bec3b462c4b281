"""A desk of its own for every test: a redis-server that can be killed and comes back with its data, and `usdcop serve` on it, once or twice.

The program is `USDCOP_TEST_PROGRAM`, else `.build/debug/usdcop`.
"""

import datetime
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import redis

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("USDCOP_TEST_PROGRAM") or str(ROOT / ".build/debug/usdcop")
EVENTS = ["SIGNAL_GENERATED", "SIGNAL_EXECUTED", "POSITION_OPENED", "POSITION_CLOSED", "RISK_ALERT", "SYSTEM_EVENT"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition, seconds=15):
    """Polls: a bounded wait for what another process does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError(f"it was not so within {seconds} s")


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def signal_of(number, **fields):
    return {
        "signal_id": f"sig_{number}", "timestamp": now(), "symbol": "USDCOP", "action": ["BUY", "SELL", "HOLD"][number % 3],
        "confidence": 0.5 + number % 50 / 100, "price": 4250.5 + number, "features": {"rsi": 45.25}, "model_version": "v1.0",
        "execution_latency_ms": 45,
    } | fields  # fmt: skip


class Service:
    """One `usdcop serve`."""

    def __init__(self, desk, **variables):
        self.desk = desk
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.variables = variables
        self.state = tempfile.mkdtemp(dir=desk.directory)
        self.log = open(os.path.join(self.state, "log"), "ab")
        self.start()

    def start(self):
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("USDCOP_", "REDIS_", "CACHE_"))}
        off = {f"{name}_URL": "" for name in ("TRADING_API", "ML_ANALYTICS", "PIPELINE_API", "WS", "POSTGRES")}
        own = {"USDCOP_PORT": str(self.port), "USDCOP_STATE_DIR": self.state, "REDIS_URL": self.desk.url, "LOG_LEVEL": "warn", "USDCOP_AUDIT_CHECKPOINT_EVENTS": "10"}
        self.process = subprocess.Popen(
            [PROGRAM, "serve"], env=inherited | off | own | self.variables, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log
        )
        until(self.answers)

    def answers(self):
        assert self.process.poll() is None, pathlib.Path(self.log.name).read_text()
        try:
            with urllib.request.urlopen(self.address + "/livez", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError):
            return False

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def request(self, method, path, value=None, key=None):
        """Sends JSON and gives the JSON of the answer."""
        headers = {"Content-Type": "application/json"} | ({"X-API-Key": key} if key else {})
        data = None if value is None else json.dumps(value).encode()
        request = urllib.request.Request(self.address + path, data=data, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, value, **options):
        return self.request("POST", path, value, **options)

    def put(self, path, value, **options):
        return self.request("PUT", path, value, **options)

    def publish(self, number, **fields):
        return self.post("/api/cache/signals", {"signal": signal_of(number, **fields), "audit": True})


class Desk:
    """A private redis-server with an append-only file, and services on it."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="usdcop-browser-")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.redis = redis.Redis(port=self.port, decode_responses=True)
        self.services = []
        self.start_redis()

    def start_redis(self):
        self.server = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes",
             "--appendfsync", "always", "--dir", self.directory],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        until(self.answers)

    def answers(self):
        assert self.server.poll() is None, "redis-server ended"
        try:
            return self.redis.ping()
        except (redis.exceptions.ConnectionError, redis.exceptions.BusyLoadingError):
            return False

    def kill_redis(self):
        self.server.kill()
        self.server.wait()

    def serve(self, **variables):
        service = Service(self, **variables)
        self.services.append(service)
        return service

    def fill(self, service):
        """What a page has to show when a desk has been working for a while."""
        for number in range(24):
            service.publish(number)
        service.put("/api/cache/metrics", {"metrics": {
            "timestamp": now(), "total_pnl": 18234.5, "win_rate": 0.625, "sharpe_ratio": 1.4, "max_drawdown": 0.07,
            "total_trades": 48, "active_positions": 2, "portfolio_value": 1018234.5,
        }})  # fmt: skip
        for symbol, pnl in (("USDCOP", 125000.5), ("EURUSD", -320.25)):
            service.put(f"/api/cache/positions/{symbol}", {"position": {
                "position_id": f"pos_{symbol}", "symbol": symbol, "entry_price": 4200, "current_price": 4250.5, "quantity": 1000,
                "pnl": pnl, "pnl_percent": 1.2, "entry_time": now(), "status": "OPEN",
            }})  # fmt: skip
        service.put("/api/cache/metrics/custom/spread", {"value": 1.25})
        service.post("/api/health/latency", {"measurements": [
            {"service": "trading-api", "operation": "place-order", "latency_ms": 20 + number * 3.5} for number in range(200)
        ]})  # fmt: skip
        for number, kind in enumerate(EVENTS * 2):
            service.post("/api/audit/signals", {"event_type": kind, "data": audited(kind, number)})
        until(lambda: self.redis.xlen("usdcop:latency:measurements") == 200)
        until(lambda: self.redis.xlen("usdcop:audit:checkpoints") > 0)

    def close(self):
        for service in self.services:
            service.stop()
            service.log.close()
        self.kill_redis()
        shutil.rmtree(self.directory, ignore_errors=True)


def audited(kind, number):
    """The data of an event."""
    position = {
        "position_id": f"pos_{number}", "symbol": "USDCOP", "entry_price": 4200, "current_price": 4250.5, "quantity": 1000, "pnl": 50500,
        "pnl_percent": 1.2, "entry_time": now(), "status": "OPEN",
    }  # fmt: skip
    execution = {"execution_id": f"exe_{number}", "price": 4251, "quantity": 1000, "status": "filled", "timestamp": now()}
    alert = {"type": "drawdown", "severity": "high", "message": "The drawdown is large.", "threshold": 0.05, "current_value": 0.07}
    return {
        "SIGNAL_GENERATED": signal_of(number), "SIGNAL_EXECUTED": {"signal": signal_of(number), "execution": execution},
        "POSITION_OPENED": position, "POSITION_CLOSED": {"position": position, "pnl": 50500}, "RISK_ALERT": alert,
        "SYSTEM_EVENT": {"event": "desk opened"},
    }[kind]  # fmt: skip
