"""The example of the guides, run as a reader would, and what it leaves behind as redis-cli shows it."""

import json
import pathlib
import subprocess

from processes import PROGRAM


def test_the_complete_trading_workflow(desk, tmp_path):
    def run(*command):
        environment = desk.environment | {"USDCOP_STATE_DIR": str(tmp_path / "state")}
        said = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert said.returncode == 0, said.stderr
        return said.stdout.strip()

    def ask(*words):
        return run("redis-cli", "-e", "-p", str(desk.port), *words)

    for times in (1, 2):
        run(pathlib.Path(PROGRAM).parent / "trading-workflow")

        signal = json.loads(ask("GET", "usdcop:signal:latest"))
        assert (signal["symbol"], signal["action"], signal["price"]) == ("USDCOP", "BUY", 4250.5)
        assert int(ask("LLEN", "usdcop:signal:history:USDCOP")) == times
        position = json.loads(ask("GET", "usdcop:position:active:USDCOP"))
        assert (position["position_id"], position["quantity"]) == (f"pos_{signal['signal_id']}", 100_000)
        assert position["pnl"] == -25_000
        assert ask("TTL", "usdcop:position:active:USDCOP") == "-1"
        metrics = json.loads(ask("GET", "usdcop:metrics:financial"))
        assert (metrics["total_pnl"], metrics["active_positions"]) == (-25_000, 1)
        assert "win_rate" not in metrics
        events = [json.loads(line) for line in ask("XRANGE", "usdcop:audit:events", "-", "+").splitlines() if line.startswith("{")]
        expected = ["SIGNAL_GENERATED", "SIGNAL_EXECUTED", "POSITION_OPENED"] * times
        assert [event["event_type"] for event in events] == expected
        assert int(ask("XLEN", "usdcop:latency:measurements")) == times
        assert "execute_trade" in ask("XRANGE", "usdcop:latency:measurements", "-", "+")
        assert int(ask("XLEN", "usdcop:performance:process_signal")) == times
        assert json.loads(ask("GET", "usdcop:health:status:venue"))["status"] == "healthy"
        # It gave back the leases that it held.
        assert ask("EXISTS", "usdcop:health:leader", "usdcop:audit:signer") == "0"

    assert json.loads(run(PROGRAM, "audit", "verify", "--json"))["is_sound"]
    assert json.loads(run(PROGRAM, "latency", "stats", "venue", "--json"))["stats"][0]["count"] == 2
