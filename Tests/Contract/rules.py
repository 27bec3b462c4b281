"""What schemathesis cannot know of valid requests, because no JSON Schema can say it. Requests that are to be refused stay as they are.

Loaded by schemathesis itself, before every request.
"""

import contextlib
import functools
import json
import os
import urllib.parse
import urllib.request

import jsonschema
import schemathesis

# The service's own address: whatever is registered while it is tested is checked there, and nowhere else.
ADDRESS = os.environ["USDCOP_TEST_ADDRESS"]
NOW = os.environ["USDCOP_TEST_NOW"]
TIMES = {"start": "end", "startTime": "endTime"}


@schemathesis.hook
def before_call(context, case, kwargs):
    if not (case.meta and case.meta.generation.mode.is_positive):
        return
    query, body = dict(case.query or {}), case.body
    # A range of time ends behind its start, and an interval is no longer than its window.
    for start, end in TIMES.items():
        if query.get(start, "") > query.get(end, "~"):
            query[start], query[end] = query[end], query[start]
            # As texts they are not compared as times: those of one offset are.
            query |= {name: "2025-01-15T10:30:00Z" for name in (start, end)}
    if "interval" in query:
        query["interval"] = min(int(query["interval"]), 60 * int(query.get("minutes", 5)))
    # The tool makes up an empty value, which the pattern of the document forbids.
    if case.headers and case.headers.get("Last-Event-ID") == "":
        del case.headers["Last-Event-ID"]
    # A cursor is what a page has given.
    query.pop("cursor", None)
    if isinstance(body, dict):
        # A time lies at most five minutes ahead.
        for part in ("signal", "metrics"):
            if isinstance(body.get(part), dict) and "timestamp" in body[part]:
                body[part]["timestamp"] = NOW
        # So does that of a position, which is also that of its path.
        if isinstance(body.get("position"), dict):
            body["position"] |= {"entry_time": NOW, "symbol": case.path_parameters["symbol"]}
        if "url" in body:
            body["url"] = ADDRESS + "/livez"
    case.query = query


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """What is no failure.

    A position or a metric that was deleted is an answer and no 404: `{"position": null}`, `{"value": null}`, `{"cleared": 0}`. And of a
    query that breaks one of several shapes, what is sent may be another of them.
    """
    kind = type(failure).__name__
    if kind == "AcceptedNegativeData" and "`query` in query" in failure.message:
        return not is_right(case.operation.definition.raw, urllib.parse.urlsplit(response.request.url).query)
    if kind != "UseAfterFree":
        return True
    answer = response.json()
    return not (answer.get("cleared") == 0 or any(name in answer and answer[name] is None for name in ("position", "value")))


@functools.cache
def components():
    with urllib.request.urlopen(ADDRESS + "/openapi.json") as answer:
        return json.load(answer)["components"]


def is_right(operation, query):
    """Whether a query as it was sent is one of those that the document allows."""
    pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
    sent = dict(pairs)
    schema = next(parameter["schema"] for parameter in operation["parameters"] if parameter.get("name") == "query")

    def fits(value, schema):
        readings = [value]
        with contextlib.suppress(ValueError):
            readings.append(json.loads(value))
        return any(jsonschema.Draft202012Validator(schema | {"components": components()}).is_valid(reading) for reading in readings)

    def allows(shape):
        fields = shape.get("properties", {})
        return set(shape.get("required", [])) <= sent.keys() <= fields.keys() and all(fits(sent[name], fields[name]) for name in sent)

    return len(pairs) == len(sent) and any(allows(shape) for shape in schema.get("oneOf", [schema]))
