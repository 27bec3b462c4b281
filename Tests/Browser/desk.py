"""A desk of its own for every test: a redis-server that can be killed and comes back with its data, and `usdcop serve` on it, once or twice."""

import datetime
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request

from processes import PROGRAM, RedisServer, end, environment, expect_running, on_free_port, until

EVENTS = ["SIGNAL_GENERATED", "SIGNAL_EXECUTED", "POSITION_OPENED", "POSITION_CLOSED", "RISK_ALERT", "SYSTEM_EVENT"]


def now(seconds=0):
    """The time, or that of so many seconds later."""
    time = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


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
        self.variables = variables
        self.state = tempfile.mkdtemp(dir=desk.directory)
        self.log = open(os.path.join(self.state, "log"), "ab")
        on_free_port(self.open)

    def open(self, port):
        self.port = port
        self.address = f"http://127.0.0.1:{port}"
        self.start()

    def start(self):
        off = {f"{name}_URL": "" for name in ("TRADING_API", "ML_ANALYTICS", "PIPELINE_API", "WS", "POSTGRES")}
        own = {
            "USDCOP_PORT": str(self.port), "USDCOP_STATE_DIR": self.state, "REDIS_URL": self.desk.server.url, "LOG_LEVEL": "warn",
            "USDCOP_AUDIT_CHECKPOINT_EVENTS": "10",
        }  # fmt: skip
        self.process = subprocess.Popen(
            [PROGRAM, "serve"], env=environment(**off, **own) | self.variables, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log
        )
        until(self.answers)

    def answers(self):
        expect_running(self.process, self.log.name)
        try:
            with urllib.request.urlopen(self.address + "/livez", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self):
        end(self.process)

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
        self.server = RedisServer(self.directory, "--appendonly", "yes", "--appendfsync", "always")
        self.redis = self.server.client
        self.services = []

    def serve(self, **variables):
        service = Service(self, **variables)
        self.services.append(service)
        return service

    def fill(self, service):
        """What a page has to show when a desk has been working for a while."""
        for number in range(24):
            service.publish(number)
        # One that comes late: the last that arrived, and not the latest.
        service.publish(24, price=4240.25, timestamp=now(-90))
        service.put("/api/cache/metrics", {"metrics": {
            "timestamp": now(), "total_pnl": 18234.5, "win_rate": 0.625, "sharpe_ratio": 1.4, "max_drawdown": 0.07,
            "total_trades": 48, "active_positions": 2, "portfolio_value": 1018234.5,
        }})  # fmt: skip
        for symbol, pnl in (("USDCOP", 125000.5), ("EURUSD", -320.25)):
            service.put(f"/api/cache/positions/{symbol}", {"position": {
                "position_id": f"pos_{symbol}", "symbol": symbol, "entry_price": 4200, "current_price": 4250.5, "quantity": 1000,
                "pnl": pnl, "pnl_percent": 1.2 if pnl > 0 else -0.03, "entry_time": now(), "status": "OPEN",
            }})  # fmt: skip
        service.put("/api/cache/metrics/custom/spread", {"value": 1.25})
        # Samples of the last five minutes, and some of now.
        with self.redis.pipeline() as together:
            for number in range(590, 0, -1):
                sample = {
                    "timestamp": now(-number / 2), "service": "trading-api", "operation": "place-order", "success": str(number % 40 > 0).lower(),
                    "latency_ms": 20 + number * 37 % 61 + number / 20 + number % 23 // 22 * 60,
                }  # fmt: skip
                together.xadd("usdcop:latency:measurements", sample, id=f"{int((time.time() - number / 2) * 1000)}-0")
            together.execute()
        service.post("/api/health/latency", {"measurements": [
            {"service": "trading-api", "operation": "place-order", "latency_ms": 20 + number * 3.5} for number in range(10)
        ]})  # fmt: skip
        for number, kind in enumerate(EVENTS * 2):
            service.post("/api/audit/signals", {"event_type": kind, "data": audited(kind, number)})
        until(lambda: self.redis.xlen("usdcop:latency:measurements") == 600)
        until(lambda: self.redis.xlen("usdcop:audit:checkpoints") > 0)

    def close(self):
        for service in self.services:
            service.stop()
            service.log.close()
        self.server.kill()
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
