"""Another language shares the cache: redis-py writes what usdcop reads, and reads what usdcop writes.

Every test has a redis-server of its own.
"""

import json
import subprocess
import urllib.error
import urllib.request

import pytest
from processes import PROGRAM, end, free_port, until


def sample(name="sig-1", at="2025-01-15T10:30:00.000Z", symbol="USDCOP", **changes):
    return {
        "signal_id": name, "timestamp": at, "symbol": symbol, "action": "BUY", "confidence": 0.87, "price": 4285.5,
        "features": {"rsi_14": 61.3}, "model_version": "v2.1.0", "execution_latency_ms": 45,
    } | changes  # fmt: skip


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


POSITION = {
    "position_id": "pos-1", "symbol": "USDCOP", "entry_price": 4250.0, "current_price": 4262.5, "quantity": 1.5, "pnl": 18.75,
    "pnl_percent": 0.29, "entry_time": "2025-01-15T05:30:00-05:00", "status": "OPEN",
}  # fmt: skip


def test_what_python_writes_directly_is_understood(desk):
    signals = [sample(f"py-{number}", f"2025-01-15T05:30:0{number}-05:00", venue={"name": "SET-FX", "lots": [1, 2]}) for number in range(3)]
    desk.redis.set("usdcop:signal:latest", json.dumps(signals[2], indent=2), ex=3600)
    for item in signals:
        desk.redis.lpush("usdcop:signal:history:USDCOP", json.dumps(item))
    desk.redis.expire("usdcop:signal:history:USDCOP", 3600)
    desk.redis.set("usdcop:position:active:USDCOP", json.dumps(POSITION))
    desk.redis.set("usdcop:metrics:financial", json.dumps({"win_rate": 0.5, "timestamp": "2025-01-15T10:30:00Z"}), ex=300)
    desk.redis.set("usdcop:metrics:custom:vol", json.dumps(0.1), ex=300)

    latest = desk.run("signal", "latest", "--json")["signal"]
    assert latest["signal_id"] == "py-2"
    assert latest["timestamp"] == "2025-01-15T10:30:02.000Z"
    assert latest["venue"] == {"name": "SET-FX", "lots": [1, 2]}
    history = desk.run("signal", "history", "USDCOP", "--json")["signals"]
    assert [item["signal_id"] for item in history] == ["py-2", "py-1", "py-0"]
    position = desk.run("position", "get", "USDCOP", "--json")["position"]
    assert (position["position_id"], position["quantity"], position["entry_time"]) == ("pos-1", 1.5, "2025-01-15T10:30:00.000Z")
    metrics = desk.run("metrics", "show", "--json")["metrics"]
    assert metrics["win_rate"] == 0.5
    assert "total_pnl" not in metrics


def test_what_usdcop_publishes_python_reads(desk):
    answer = desk.run("signal", "publish", "-", "--json", given=json.dumps(sample()))
    assert answer["published"] == 1
    expected = canonical(sample())
    assert desk.redis.get("usdcop:signal:latest") == expected
    assert desk.redis.lrange("usdcop:signal:history:USDCOP", 0, -1) == [expected]
    assert desk.redis.type("usdcop:signal:latest") == "string"
    assert desk.redis.type("usdcop:signal:history:USDCOP") == "list"
    for key in ("usdcop:signal:latest", "usdcop:signal:history:USDCOP"):
        assert 3590 < desk.redis.ttl(key) <= 3600
    assert desk.redis.zrange("usdcop:index:signals", 0, -1) == ["USDCOP"]
    (entry,) = desk.redis.xrange("usdcop:events")
    assert entry[1] == {"topic": "signals", "event": "set-and-add", "key": "signal:history:USDCOP", "value": expected}


def test_a_value_that_python_damaged_is_reported_and_left_alone(desk):
    desk.redis.set("usdcop:signal:latest", "not a signal")
    result = subprocess.run(
        [PROGRAM, "signal", "latest", "--json"], env=desk.environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode not in (0, 1)
    assert "signal:latest" in result.stdout + result.stderr
    assert desk.redis.get("usdcop:signal:latest") == "not a signal"


def get_ready(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def post(port, item):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/cache/signals", method="POST", headers={"Content-Type": "application/json"},
        data=json.dumps({"signal": item, "action": "set-and-add"}).encode(),
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 201
        return json.load(answer)["history"]


@pytest.mark.parametrize("each", [6, 30], ids=["below the cap", "above the cap"])
def test_two_servers_and_a_dozen_programs_publish_one_symbol_at_once(desk, each):
    """14 writers of `each` signals: 84 stay whole, 420 are cut to exactly 100."""
    ports = [free_port(), free_port()]
    servers = [desk.start("serve", USDCOP_PORT=str(port), USDCOP_HOST="127.0.0.1") for port in ports]
    try:
        for port in ports:
            until(lambda port=port: get_ready(port), 30)
        total = 14 * each
        names = [[f"w{writer}-{number}" for number in range(each)] for writer in range(14)]

        def made(writer, number):
            second = writer * each + number
            return sample(names[writer][number], f"2025-01-15T10:{second // 60:02d}:{second % 60:02d}.000Z")

        programs = []
        for writer in range(12):
            lines = "\n".join(json.dumps(made(writer, number)) for number in range(each))
            program = desk.start("signal", "publish", "-", "--json")
            program.stdin.write(lines)
            program.stdin.close()
            program.stdin = None
            programs.append(program)
        for number in range(each):
            for writer, port in ((12, ports[0]), (13, ports[1])):
                assert post(port, made(writer, number)) == "added"
        for program in programs:
            output, errors = program.communicate(timeout=60)
            assert program.returncode == 0, errors
            assert json.loads(output)["published"] == each

        history = [json.loads(text)["signal_id"] for text in desk.redis.lrange("usdcop:signal:history:USDCOP", 0, -1)]
        assert len(history) == min(total, 100)
        assert len(set(history)) == len(history)
        if total <= 100:
            assert sorted(history) == sorted(name for writer in names for name in writer)
        newest = names[13][-1]
        assert json.loads(desk.redis.get("usdcop:signal:latest"))["signal_id"] == newest
        for key in ("usdcop:signal:latest", "usdcop:signal:history:USDCOP"):
            assert 3500 < desk.redis.ttl(key) <= 3600
        for port in ports:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/cache/signals?type=latest", timeout=10) as answer:
                assert json.load(answer)["signal"]["signal_id"] == newest
    finally:
        for server in servers:
            end(server)
            server.communicate()
    assert [server.returncode for server in servers] == [0, 0]
