"""The performance logger's figures against figures that Python computes from the same samples in its own way."""

import math
import random



def figures(samples):
    """Count, sum, mean, extremes, nearest-rank percentiles and success rate, by definition."""
    durations = sorted(duration for duration, *_ in samples)

    def percentile(percent):
        return durations[-(-len(durations) * percent // 100) - 1]

    return {
        "count": len(samples), "total_ms": math.fsum(durations), "avg_ms": math.fsum(durations) / len(durations),
        "min_ms": durations[0], "max_ms": durations[-1], "p50_ms": percentile(50), "p95_ms": percentile(95),
        "p99_ms": percentile(99), "success_rate": sum(success for _, success, _ in samples) / len(samples),
        "from": min(time for *_, time in samples), "to": max(time for *_, time in samples),
    }  # fmt: skip


def test_figures_over_thousands_of_random_samples_are_those_of_python(desk):
    chance = random.Random(20250115)
    written = {}
    for operation, count in {"api_call": 5000, "process signal": 1000, "orders:place/v2": 777, "rare": 1}.items():
        # Of many machines, whose clocks differ: not in the order of their times.
        samples = [
            (chance.lognormvariate(3, 2), chance.random() < 0.9, f"2025-01-15T10:30:{chance.random() * 59:06.3f}Z") for _ in range(count)
        ]
        pipe = desk.redis.pipeline(transaction=False)
        for duration, success, time in samples:
            fields = {"duration_ms": repr(duration), "timestamp": time, "success": "true" if success else "false"}
            pipe.xadd(f"usdcop:performance:{operation}", fields, maxlen=1000, approximate=False)
        pipe.zadd("usdcop:index:operations", {operation: math.inf})
        pipe.execute()
        written[operation] = samples[-1000:]

    answer = desk.run("performance", "metrics", "--json")
    assert answer["count"] == len(written)
    for metrics in answer["metrics"]:
        expected = figures(written[metrics.pop("operation")])
        for name in ("total_ms", "avg_ms"):
            assert math.isclose(metrics.pop(name), expected.pop(name), rel_tol=1e-15)
        assert metrics == expected

    everything = [sample for samples in written.values() for sample in samples]
    summary = desk.run("performance", "summary", "--json")["summary"]
    assert math.isclose(summary.pop("avg_latency_ms"), figures(everything)["avg_ms"], rel_tol=1e-15)
    assert summary == {
        "total_operations": 4, "total_entries": len(everything),
        "operations_over_100ms": sum(duration > 100 for duration, *_ in everything),
        "operations_over_1000ms": sum(duration > 1000 for duration, *_ in everything),
        "failed_operations": sum(not success for _, success, _ in everything),
        "from": figures(everything)["from"], "to": figures(everything)["to"],
    }  # fmt: skip

    slow = desk.run("performance", "slow", "--threshold-ms", "250", "--limit", "1000", "--json")["operations"]
    expected = sorted((duration for duration, *_ in everything if duration > 250), reverse=True)[:1000]
    assert [entry["duration_ms"] for entry in slow] == expected
    assert desk.run("performance", "clear", "--json") == {"cleared": 4}
    assert desk.redis.keys("usdcop:performance:*") == []
