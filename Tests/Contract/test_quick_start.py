"""The seed's quick start, done by a client that was written from the OpenAPI document alone."""

import pytest
from desk import now
from processes import until

pytestmark = pytest.mark.timeout(60)


def test_the_quick_start_of_the_seed_runs(client):
    signal = {
        "signal_id": "sig_123", "timestamp": now(), "symbol": "USDCOP", "action": "BUY", "confidence": 0.85, "price": 4250.50,
        "features": {"rsi": 45}, "model_version": "v1.0", "execution_latency_ms": 45,
    }  # fmt: skip
    # Caching signals
    stored = client.call("publishSignal", {"signal": signal, "action": "set-and-add"})
    assert stored.status == 201 and stored.json["latest"] == "stored" and stored.json["history"] == "added"
    assert client.call("getSignals", query={"type": "latest"}).json["signal"]["signal_id"] == "sig_123"
    history = client.call("getSignals", query={"type": "history", "symbol": "USDCOP", "limit": 50}).json
    assert history["count"] == 1 and history["signals"][0]["price"] == 4250.5
    assert client.call("getSignals", query={"type": "stats", "symbol": "USDCOP"}).json["stats"]["buy"] == 1
    # Logging events
    for kind, data in (
        ("SIGNAL_GENERATED", signal),
        ("POSITION_OPENED", {"position_id": "pos_1", "symbol": "USDCOP", "entry_price": 4250.5, "quantity": 1000}),
    ):
        assert client.call("recordAuditEvent", {"event_type": kind, "data": data}).status == 201
    generated = client.call("getAuditTrail", query={"eventType": "SIGNAL_GENERATED", "limit": 100}).json
    assert generated["count"] == 1 and generated["entries"][0]["metadata"]["signal_id"] == "sig_123"
    exported = client.call("getAuditTrail", query={"type": "export", "format": "csv"})
    assert exported.type.startswith("text/csv") and exported.data.count(b"\r\n") == 3
    assert client.call("getAuditTrail", query={"type": "stats"}).json["stats"]["total_events"] == 2
    # Health monitoring
    address = {"url": client.address + "/livez", "check_interval_ms": 30_000}
    assert client.call("registerService", address, path={"name": "trading-api"}).status == 201
    assert client.call("checkService", {"service": "trading-api"}).json["status"] == "healthy"
    health = client.call("getHealth", query={"refresh": "true"}).json
    assert {service["service"] for service in health["services"]} == {"redis", "trading-api"} and health["overall_status"] == "healthy"
    reading = {"service": "trading-api", "operation": "execute_trade", "latency_ms": 125}
    assert client.call("recordLatency", reading).json == {"accepted": 1}
    stats = until(lambda: client.call("getLatency", query={"service": "trading-api", "type": "stats"}).json["stats"])
    assert stats[0]["count"] == 1 and stats[0]["avg_ms"] == 125
    # Clearing
    assert client.call("clearSignals", query={"symbol": "USDCOP"}).json["cleared"] == 1
    assert client.call("getSignals", query={"type": "history", "symbol": "USDCOP"}).json["count"] == 0
