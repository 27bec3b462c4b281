"""The document against the running service: what it says is seen, and what is seen it says."""

import math
import urllib.request

import pytest
from client import KEY_LINES, KEYS, Client, fetch
from desk import now
from openapi_spec_validator import validate
from processes import until

pytestmark = pytest.mark.timeout(120)

# What no test can bring about without luck, and why.
TIMED = {
    "checkService", "clearAuditTrail", "clearLatency", "clearMetrics", "clearPerformance", "clearSignals", "getAlerts", "getAuditTrail",
    "getCacheStats", "getExposition", "getHealth", "getLatency", "getPerformance", "registerService", "unregisterService", "updateMetrics",
}  # fmt: skip
UNSEEN = {
    (None, 500): "an internal error would be a bug; damaged values are seen where there are any",
    ("updateMetrics", 409): "other writers would have to come between many times in a row",
    ("registerService", 409): "there would have to be as many services as can be watched",
    ("recordAuditEvent", 503): "the journal takes events while Redis is away; without one see the tests of the audit trail",
} | {(name, 504): "work that takes longer than its time needs a Redis that is slow for longer than a command may take" for name in TIMED}

# Fields that answers have where something is damaged, away or down, which the tests of the routes show.
UNSEEN_FIELDS = {
    "getCacheStats.events.code": "while the streams cannot be followed, which the tests of the stream bring about",
    "getCacheStats.events.detail": "the same",
    "Alert.seen_by": "of an alert that a process tells while Redis is away",
    "Alert.source": "the same",
    "AuditBreak.place.checkpoint": "of a damaged checkpoint",
}


def body_of(client, name):
    content = client.operations[name][2].get("requestBody", {}).get("content", {}).get("application/json")
    return next(iter(content["examples"].values()))["value"] if content else None


def query_of(client, name):
    for parameter in client.operations[name][2].get("parameters", []):
        if parameter.get("required") and "examples" in parameter:
            return next(iter(parameter["examples"].values()))["value"]
    return None


def examples(client, kind):
    """Every example of a kind, with the operation that it belongs to."""
    for name, (_, _, operation, _) in client.operations.items():
        if kind == "body" and "requestBody" in operation:
            for example in operation["requestBody"]["content"]["application/json"]["examples"].values():
                yield name, example["value"]
        for parameter in operation.get("parameters", []) if kind == "query" else []:
            for example in parameter.get("examples", {}).values():
                yield name, example["value"]


class Seen:
    """Every status that was answered, and every field of every answer."""

    def __init__(self):
        self.statuses, self.fields = set(), set()

    def note(self, reply):
        self.statuses.add((reply.operation, reply.status))
        self.fields |= reply.fields
        return reply


@pytest.fixture(scope="module")
def seen():
    return Seen()


def test_the_document_is_openapi(client):
    validate(client.document)
    assert client.document["openapi"].startswith("3.1.")


def test_every_operation_says_what_a_reader_needs(client):
    tags = {tag["name"] for tag in client.document["tags"]}
    for name, (_, _, operation, _) in client.operations.items():
        assert operation["summary"] and operation["description"] and set(operation["tags"]) <= tags, name
        assert any(status.startswith("2") for status in operation["responses"]), name
        for parameter in map(client.resolved, operation.get("parameters", [])):
            assert "example" in parameter or "examples" in parameter or "description" in parameter, f"{name} {parameter['name']}"


def test_every_example_of_an_answer_is_what_its_schema_says(client):
    count = 0
    for name, (_, _, operation, _) in client.operations.items():
        for status, response in operation["responses"].items():
            for media_type, content in client.resolved(response).get("content", {}).items():
                for title, example in content.get("examples", {}).items():
                    error = client.problem_of(example["value"], content["schema"], strictly=True)
                    assert not error, f"{name} {status} {media_type} {title}: {error.json_path}: {error.message}"
                    count += 1
    assert count > 100


def test_every_example_is_accepted_and_answered_as_it_is_said(client, service, seen):
    address = {"url": service.address + "/livez"}
    seen.note(client.call("registerService", address))
    seen.note(client.call("registerService", address))
    for name, body in examples(client, "body"):
        if name != "registerService":
            assert seen.note(client.call(name, body)).status < 300, name
    until(lambda: client.call("getLatency", query={"type": "recent"}).json["count"])
    for name, query in examples(client, "query"):
        assert seen.note(client.call(name, query=query)).status < 300, name
    for name in client.operations:
        if not body_of(client, name) and not query_of(client, name) and name not in ("getDocumentationFile", "unregisterService"):
            reply = seen.note(client.call(name))
            assert reply.status < 300, name
            if "304" in client.operations[name][2]["responses"]:
                seen.note(client.call(name, headers={"If-None-Match": "*"}))
    # Read again what is there now, each kind of it.
    for kind in ("csv", "json", "ndjson"):
        seen.note(client.call("getAuditTrail", query={"type": "export", "format": kind}))
    seen.note(client.call("unregisterService"))


def test_wrong_requests_are_refused_as_it_is_said(client, seen):
    """Everything that follows from the kind of an operation, for every operation."""
    key = {"X-API-Key": KEYS["administrator"]}
    for name, (_, _, operation, _) in client.operations.items():
        target = client.target(name)
        assert seen.note(client.raw(name, target + "?nothing_of_this_name=1", headers=key)).status == 400
        assert seen.note(client.raw(name, target + "?x=" + "a" * 9000, headers=key)).status == 414
        if "x-role" not in operation:
            continue
        assert seen.note(client.raw(name)).status == 401
        lower = {"reader": None, "writer": "reader", "administrator": "writer"}[operation["x-role"]]
        if lower:
            assert seen.note(client.raw(name, headers={"X-API-Key": KEYS[lower]})).status == 403
        if "requestBody" not in operation:
            continue
        json_key = key | {"Content-Type": "application/json"}
        assert seen.note(client.raw(name, data=b"{", headers=json_key)).status == 400
        assert seen.note(client.raw(name, data=b"{}", headers=json_key)).status == 422
        assert seen.note(client.raw(name, data=b"{}", headers=key | {"Content-Type": "text/plain"})).status == 415
        assert seen.note(client.raw(name, data=b" " * (1 << 20) + b" {}", headers=json_key)).status == 413


def test_the_borders_stand_before_every_operation_but_the_probes(desk, seen):
    """A host that is none of this machine's names, where no key is needed; and a client who has used up his rate."""
    strangers = Client(desk.serve().address)
    many = Client(desk.serve(USDCOP_API_KEYS=KEY_LINES, USDCOP_RATE_LIMIT="1/s burst 5", USDCOP_NAMESPACE="limited").address)
    key = {"X-API-Key": KEYS["administrator"]}
    for name in strangers.operations:
        if name in ("getLiveness", "getReadiness"):
            continue
        refused = seen.note(strangers.raw(name, headers={"Host": "desk.example.com"}))
        assert (refused.status, refused.json["code"]) == (403, "foreign_host")
        replies = (many.raw(name, headers=key) for _ in range(20))
        limited = next(reply for reply in replies if reply.status == 429)
        assert seen.note(limited).json["code"] == "rate_limited" and limited.headers["RateLimit"]


def test_what_is_not_there_and_what_was_said_otherwise(client, seen):
    assert seen.note(client.call("getHealth", query={"type": "history", "service": "nobody"})).status == 404
    assert seen.note(client.call("checkService", {"service": "nobody"})).status == 404
    assert seen.note(client.call("unregisterService", path={"name": "nobody"})).status == 404
    assert seen.note(client.call("unregisterService", path={"name": "redis"})).status == 422
    assert seen.note(client.call("getAsset", path={"build": "current", "file": "nothing"})).status == 404
    assert seen.note(client.call("getDocumentationFile", path={"file": "nothing"})).status == 404
    once = {"Idempotency-Key": "desk-1"}
    event = {"event_type": "SYSTEM_EVENT", "data": {"event": "once"}}
    assert seen.note(client.call("recordAuditEvent", event, headers=once)).status == 201
    assert client.call("recordAuditEvent", event, headers=once).headers["Idempotent-Replayed"] == "true"
    assert seen.note(client.call("recordAuditEvent", event | {"data": {"event": "twice"}}, headers=once)).status == 409


def test_an_unhealthy_service_is_a_503_of_its_own_shape(client, seen):
    client.call("registerService", {"url": "http://127.0.0.1:9/"}, path={"name": "down"})
    health = seen.note(client.call("getHealth", query={"refresh": "true"}))
    assert health.status == 503 and health.type == "application/json" and health.json["overall_status"] == "unhealthy"
    client.call("unregisterService", path={"name": "down"})


def test_what_redis_refuses_is_a_503(desk, client, seen):
    desk.redis.config_set("maxmemory", 1)
    try:
        reply = seen.note(client.call("registerService", {"url": "http://127.0.0.1:9/"}, path={"name": "too-much"}))
        assert reply.status == 503 and reply.json["code"] == "redis_out_of_memory"
    finally:
        desk.redis.config_set("maxmemory", 0)


def test_what_a_desk_at_work_answers(desk, client, service, seen):
    """Answers that are full: latencies, operations, alerts, events."""
    desk.redis.zadd("usdcop:index:operations", {"replay": math.inf})
    sample = {"timestamp": now(), "duration_ms": "900.5", "success": "1", "metadata": '{"a":1}'}
    desk.redis.xadd("usdcop:performance:replay", sample)
    desk.redis.xadd("usdcop:performance:replay", sample | {"success": "0"})
    reading = {"service": "trading-api", "operation": "trade", "latency_ms": 1250, "metadata": {"venue": "x"}}
    client.call("recordLatency", reading)
    until(lambda: client.call("getLatency", query={"type": "recent"}).json["count"])
    for name in ("getLatency", "getPerformance", "getSignals"):
        for query in (example["value"] for parameter in client.operations[name][2]["parameters"] for example in parameter.get("examples", {}).values()):
            seen.note(client.call(name, query=query))
    seen.note(client.call("getPerformance", query={"operation": "replay"}))
    for name, body in examples(client, "body"):
        if name == "recordAuditEvent":
            client.call(name, body)
    seen.note(client.call("getAuditTrail"))
    seen.note(client.call("followStream"))
    # A service that comes and goes is told of.
    up, down = {"url": service.address + "/livez", "check_interval_ms": 500}, {"url": "http://127.0.0.1:9/", "check_interval_ms": 500}
    client.call("registerService", up, path={"name": "gateway"})
    until(lambda: client.call("checkService", {"service": "gateway"}).json["status"] == "healthy")
    until(lambda: desk.redis.hget("usdcop:health:services", "gateway"))
    for _ in range(3):
        client.call("checkService", {"service": "gateway"})
    client.call("registerService", down, path={"name": "gateway"})
    until(lambda: any(alert["kind"] == "service" for alert in seen.note(client.call("getAlerts")).json["alerts"]))
    client.call("unregisterService", path={"name": "gateway"})


def test_what_is_damaged_is_passed_by_and_said(desk, client, seen):
    """Damage to the trail comes last: it cannot be undone."""
    client.call("publishSignal", {"signal": body_of(client, "publishSignal")["signal"]})
    for key in ("position:active:BROKEN", "metrics:custom:broken"):
        desk.redis.set(f"usdcop:{key}", "{")
    desk.redis.zadd("usdcop:index:positions", {"BROKEN": math.inf})
    desk.redis.zadd("usdcop:index:metrics", {"custom:broken": math.inf})
    desk.redis.zadd("usdcop:index:signals", {"BROKEN": math.inf})
    for symbol in ("USDCOP", "BROKEN"):
        desk.redis.lpush(f"usdcop:signal:history:{symbol}", "{")
    for stream in ("latency:measurements", "performance:replay", "alerts", "audit:events"):
        desk.redis.xadd(f"usdcop:{stream}", {"nothing": "known"})
    for name, body in examples(client, "query"):
        if not name.startswith("clear"):
            seen.note(client.call(name, query=body))
    seen.note(client.call("getPerformance", query={"operation": "replay"}))
    for name in ("listPositions", "getPositionTotals", "listCustomMetrics", "getMetrics", "getAlerts", "getAuditTrail"):
        seen.note(client.call(name))
    assert seen.note(client.call("getPosition", path={"symbol": "BROKEN"})).json["code"] == "data_conflict"
    entries = [entry for entry, fields in desk.redis.xrange("usdcop:audit:events") if "writer" in fields]
    desk.redis.xdel("usdcop:audit:events", *entries[1:3])
    verdict = seen.note(client.call("getAuditTrail", query={"type": "verify"})).json
    assert not verdict["is_sound"] and verdict["breaks"]


def test_without_redis_at_all_the_answers_say_so(desk, seen):
    client = Client(desk.serve(USDCOP_API_KEYS=KEY_LINES, CACHE_BACKEND="memory").address, KEYS["administrator"])
    assert seen.note(client.call("getReadiness")).json["warnings"]
    assert seen.note(client.call("getHealth")).json["reason"]


def test_with_swagger_ui_there_are_its_files(desk, seen, tmp_path):
    for name in ("swagger-ui-bundle.js", "swagger-ui.css"):
        (tmp_path / name).write_text("/* */")
    viewer = Client(desk.serve(USDCOP_SWAGGER_UI=str(tmp_path)).address)
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "docs.js"):
        reply = seen.note(viewer.call("getDocumentationFile", path={"file": name}))
        assert reply.status == 200
        assert seen.note(viewer.call("getDocumentationFile", path={"file": name}, headers={"If-None-Match": reply.headers["ETag"]})).status == 304


def test_what_waits_for_redis_says_so_when_it_is_away(desk, service, seen):
    """Last: it ends the desk's Redis. Which operations answer 503 then is what the document says, no more and no fewer."""
    client = Client(desk.serve(USDCOP_API_KEYS=KEY_LINES, CACHE_BACKEND="redis", USDCOP_MAX_STREAMS="1").address, KEYS["administrator"])
    audited = {"signal": body_of(client, "publishSignal")["signal"], "audit": True}
    desk.server.kill()
    until(lambda: fetch(client.address + "/readyz")[0] == 503)
    other = Client(service.address, KEYS["administrator"])
    assert until(lambda: seen.note(other.call("getCacheStats")).json["ready"]["reasons"])
    for name in client.operations:
        body, query = body_of(client, name), query_of(client, name)
        if name == "registerService":
            body = {"url": client.address + "/livez"}
        if name not in ("getDocumentationFile",):
            seen.note(client.call(name, body, query=query))
    seen.note(client.call("getHealth", query={"type": "history", "service": "redis"}))
    seen.note(client.call("publishSignal", audited))
    seen.note(client.call("publishSignal", {"signal": audited["signal"]}))
    stream = Client(client.address, KEYS["administrator"])
    request = urllib.request.Request(client.address + "/api/stream", headers={"X-API-Key": KEYS["reader"]})
    with urllib.request.urlopen(request, timeout=10) as held:
        held.readline()
        assert seen.note(stream.call("followStream")).status == 503


def test_every_status_of_the_document_was_seen(client, seen):
    said = {(name, int(status)) for name, operation in client.operations.items() for status in operation[2]["responses"]}
    assert {name for name, status in said if status == 504} == TIMED
    missing = {pair for pair in said - seen.statuses if pair not in UNSEEN and (None, pair[1]) not in UNSEEN}
    assert not missing, sorted(missing)
    assert not seen.statuses - said


def test_every_field_of_an_answer_was_seen(client, seen):
    said, client.walked = set(), set()
    for name, (_, _, operation, _) in client.operations.items():
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                for content in client.resolved(response).get("content", {}).values():
                    said |= set(client.fields(content["schema"], place=name, statically=True))
    unseen = sorted(said - seen.fields - UNSEEN_FIELDS.keys())
    assert not unseen, " ".join(unseen)
