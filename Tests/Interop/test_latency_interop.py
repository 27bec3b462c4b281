"""The latency monitor's figures against figures that Python computes from the same samples in its own way."""

import datetime
import json
import math
import random
import subprocess
import sys
import time


STREAM = "usdcop:latency:measurements"
SERIES = [("api", "execute_trade"), ("api", "cancel"), ("ml:v2", "infer/fast"), ("pipeline", "a b"), ("rare", "x")]

# A writer in another language: its share of the samples, a pipeline at a time.
WRITER = """
import json, sys, redis
client = redis.Redis(port=int(sys.argv[1]))
samples = json.load(sys.stdin)
for start in range(0, len(samples), 200):
    pipe = client.pipeline(transaction=False)
    for sample in samples[start:start + 200]:
        pipe.xadd(sys.argv[2], sample, maxlen=10000, approximate=False)
    pipe.execute()
"""


def figures(samples):
    """Count, mean, extremes, nearest-rank percentiles and success rate, by definition."""
    latencies = sorted(float(sample["latency_ms"]) for sample in samples)

    def percentile(percent):
        return latencies[-(-len(latencies) * percent // 100) - 1]

    return {
        "count": len(samples), "avg_ms": math.fsum(latencies) / len(latencies), "min_ms": latencies[0], "max_ms": latencies[-1],
        "p50_ms": percentile(50), "p95_ms": percentile(95), "p99_ms": percentile(99),
        "success_rate": sum(sample["success"] == "true" for sample in samples) / len(samples),
    }  # fmt: skip


def same(actual, expected):
    """Equal, but for the rounding of a mean."""
    assert actual.keys() == expected.keys()
    for name, value in expected.items():
        if name in ("avg_ms", "avg_latency_ms"):
            assert math.isclose(actual[name], value, rel_tol=1e-15)
        else:
            assert actual[name] == value, name


def stamp(milliseconds):
    at = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.timezone.utc)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03d}Z"


def milliseconds(text):
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def sample(chance, now):
    service, operation = chance.choices(SERIES, [40, 30, 20, 9, 1])[0]
    return {
        "timestamp": stamp(now - chance.randrange(3_600_000)), "service": service, "operation": operation,
        "latency_ms": repr(chance.lognormvariate(4, 2)), "success": "true" if chance.random() < 0.9 else "false",
    }  # fmt: skip


def test_figures_over_thousands_of_samples_of_several_processes_are_those_of_python(desk):
    chance = random.Random(20250115)
    now = round(time.time() * 1000)
    # Four processes at once, two of them in Python and two of our own; more samples than the stream keeps.
    writers = []
    for _ in range(2):
        share = [sample(chance, now) for _ in range(4000)]
        writers.append((subprocess.Popen([sys.executable, "-c", WRITER, str(desk.port), STREAM], stdin=subprocess.PIPE, text=True), json.dumps(share)))
    for _ in range(2):
        share = [sample(chance, now) for _ in range(2500)]
        lines = "".join(
            json.dumps({"service": one["service"], "operation": one["operation"], "latency_ms": float(one["latency_ms"]), "success": one["success"] == "true"}) + "\n"
            for one in share
        )
        writers.append((desk.start("latency", "record", "--file", "-"), lines))
    for process, text in writers:
        process.stdin.write(text)
        process.stdin.close()
    for process, _ in writers:
        assert process.wait(60) == 0

    # What reached Redis, read by another client.
    kept = [fields for _, fields in desk.redis.xrange(STREAM)]
    assert len(kept) == 10_000
    assert desk.redis.xinfo_stream(STREAM)["entries-added"] == 13_000

    answer = desk.run("latency", "stats", "--json")
    by_series = {}
    for fields in kept:
        by_series.setdefault((fields["service"], fields["operation"]), []).append(fields)
    assert [(row["service"], row["operation"]) for row in answer["stats"]] == sorted(by_series)
    for row in answer["stats"]:
        series = row.pop("service"), row.pop("operation")
        same(row, figures(by_series[series]))
    assert answer["from"] == kept[0]["timestamp"]

    by_service = {}
    for fields in kept:
        by_service.setdefault(fields["service"], []).append(fields)
    names = "avg_ms count max_ms min_ms p95_ms success_rate".split()
    expected = sorted(by_service, key=lambda name: (-figures(by_service[name])["avg_ms"], name))[:3]
    high = desk.run("latency", "high", "--limit", "3", "--json")["services"]
    assert [row.pop("service") for row in high] == expected
    for row, name in zip(high, expected, strict=True):
        same(row, {key: figures(by_service[name])[key] for key in names})

    recent = desk.run("latency", "recent", "--limit", "1000", "--service", "ml:v2", "--json")["measurements"]
    wanted = [fields for fields in reversed(kept) if fields["service"] == "ml:v2"][:1000]
    assert [(one["timestamp"], repr(one["latency_ms"]), one["success"]) for one in recent] == [
        (fields["timestamp"], fields["latency_ms"], fields["success"] == "true") for fields in wanted
    ]

    # A window ends when the answer is given; which samples it takes follows from its own words.
    answer = desk.run("latency", "end-to-end", "--minutes", "30", "--json")
    end = milliseconds(answer["to"])
    window = [fields for fields in kept if end - 1_800_000 <= milliseconds(fields["timestamp"]) <= end]
    same(answer["latency"], {key: figures(window)[key] for key in "avg_ms count max_ms min_ms p95_ms".split()})

    answer = desk.run("latency", "trend", "--service", "api", "--minutes", "45", "--interval", "90", "--json")
    end = milliseconds(answer["to"])
    start = (end - 45 * 60_000) // 90_000 * 90_000
    buckets = {}
    for fields in kept:
        at = milliseconds(fields["timestamp"])
        if fields["service"] == "api" and start <= at <= end:
            buckets.setdefault(at // 90_000 * 90_000, []).append(fields)
    assert [point["timestamp"] for point in answer["trend"]] == [stamp(at) for at in sorted(buckets)]
    for point, at in zip(answer["trend"], sorted(buckets), strict=True):
        numbers = figures(buckets[at])
        del point["timestamp"]
        same(point, {"avg_latency_ms": numbers["avg_ms"], "p95_ms": numbers["p95_ms"], "max_ms": numbers["max_ms"], "min_ms": numbers["min_ms"], "count": numbers["count"]})

    # Clearing one service leaves every sample of the others as it was.
    assert desk.run("latency", "clear", "api", "--json") == {"cleared": len(by_service["api"])}
    assert [fields for _, fields in desk.redis.xrange(STREAM)] == [fields for fields in kept if fields["service"] != "api"]


def test_ten_thousand_names_of_one_process_share_two_hundred_series(desk):
    lines = "".join(json.dumps({"service": f"svc:{number}", "operation": "op", "latency_ms": number}) + "\n" for number in range(10_000))
    assert desk.run("latency", "record", "--file", "-", "--json", given=lines) == {"recorded": 10_000}
    stats = desk.run("latency", "stats", "--json")["stats"]
    assert len(stats) == 201
    other = next(row for row in stats if row["service"] == "_other")
    assert (other["operation"], other["count"], other["min_ms"], other["max_ms"]) == ("_other", 9800, 200, 9999)
    assert [fields["service"] for _, fields in desk.redis.xrevrange(STREAM, count=1)] == ["_other"]
