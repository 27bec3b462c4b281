"""A client that knows nothing of the service but its OpenAPI document: it calls operations by their `operationId`.

What it sends is checked against the document before, and what comes back is checked more strictly than a client should: nothing may be in an
answer that the document does not say.
"""

import copy
import json
import urllib.error
import urllib.parse
import urllib.request

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

KEYS = {role: f"{role}-key-0123456789" for role in ("reader", "writer", "administrator")}
KEY_LINES = "\n".join(f"{role}:the-{role}:{key}" for role, key in KEYS.items())

METHODS = {"get", "put", "post", "delete", "patch"}


def fetch(address, method="GET", data=None, headers=None, events=None):
    """Status, headers and bytes; of a stream only what comes until so many events are whole."""
    request = urllib.request.Request(address, data=data, headers=headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            if events is None or not answer.headers["Content-Type"].startswith("text/event-stream"):
                return answer.status, answer.headers, answer.read()
            body = b""
            while body.count(b"\n\n") < events:
                body += answer.read1(65536)
            return answer.status, answer.headers, body
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def closed(node):
    """The same schemas, in which objects with named fields have no others."""
    if isinstance(node, list):
        return [closed(part) for part in node]
    if not isinstance(node, dict):
        return node
    # The parts of `allOf` are about one object: what closes is the one that they refer to.
    result = {name: value if name == "allOf" else closed(value) for name, value in node.items()}
    if isinstance(node.get("properties"), dict) and "additionalProperties" not in node:
        result["additionalProperties"] = False
    return result


class Reply:
    def __init__(self, operation, status, headers, data):
        self.operation, self.status, self.headers, self.data = operation, status, headers, data
        self.type, self.fields = headers["Content-Type"], set()
        self.json = json.loads(data) if self.type in ("application/json", "application/problem+json") and data else None


class Client:
    def __init__(self, address, key=None):
        self.address, self.key = address, key
        _, _, data = fetch(address + "/openapi.json")
        self.document = json.loads(data)
        self.strict = copy.deepcopy(self.document)
        self.strict["components"]["schemas"] = closed(self.strict["components"]["schemas"])
        self.registry = Registry().with_resources([
            ("urn:open", Resource(contents=self.document, specification=DRAFT202012)),
            ("urn:strict", Resource(contents=self.strict, specification=DRAFT202012)),
        ])  # fmt: skip
        self.walked = set()
        self.operations = {}
        for path, item in self.document["paths"].items():
            for method in METHODS & item.keys():
                self.operations[item[method]["operationId"]] = (method.upper(), path, item[method], item.get("parameters", []))

    def resolved(self, node):
        while "$ref" in node:
            found = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            node = found
        return node

    def problem_of(self, value, schema, strictly=False):
        """The first thing that is wrong with a value, or None."""
        base = "urn:strict" if strictly else "urn:open"
        text = json.dumps(closed(schema) if strictly else schema).replace('"#/components', f'"{base}#/components')
        validator = Draft202012Validator(json.loads(text), registry=self.registry, format_checker=Draft202012Validator.FORMAT_CHECKER)
        return best_match(validator.iter_errors(value))

    def fields(self, schema, value=None, place="", statically=False):
        """The names of the fields that a schema has, or of those that a value of it has: `Signal.price`, `getSignals.signal`."""
        while "$ref" in schema:
            place = schema["$ref"].rsplit("/", 1)[-1]
            if statically and place in self.walked:
                return
            self.walked.add(place)
            schema = self.document["components"]["schemas"][place]
        for part in schema.get("anyOf", []) + schema.get("oneOf", []):
            if statically or not self.problem_of(value, part, strictly=True):
                yield from self.fields(part, value, f"{place} {part['title']}" if "title" in part else place, statically)
        for name, part in schema.get("properties", {}).items():
            if statically or isinstance(value, dict) and name in value:
                yield f"{place}.{name}"
                yield from self.fields(part, None if statically else value[name], f"{place}.{name}", statically)
        if "items" in schema:
            for item in [None] if statically else value if isinstance(value, list) else []:
                yield from self.fields(schema["items"], item, place, statically)
        inner = schema.get("additionalProperties")
        if isinstance(inner, dict):
            for item in [None] if statically else value.values() if isinstance(value, dict) else []:
                yield from self.fields(inner, item, place, statically)

    def target(self, name, path=None, query=None):
        """The address of an operation, as the document says how parameters are written."""
        _, template, operation, path_parameters = self.operations[name]
        for parameter in map(self.resolved, path_parameters):
            if parameter["in"] != "path":
                continue
            value = (path or {}).get(parameter["name"], parameter.get("example"))
            assert not self.problem_of(value, parameter["schema"]), f"{name}: {value}"
            template = template.replace("{%s}" % parameter["name"], urllib.parse.quote(str(value), safe=""))
        pairs = []
        for parameter in map(self.resolved, operation.get("parameters", [])):
            if parameter["in"] != "query":
                continue
            together = parameter["schema"].get("type") == "object" and parameter.get("explode", True)
            value = query if together else (query or {}).get(parameter["name"])
            if value is None:
                continue
            error = self.problem_of(value, parameter["schema"])
            assert not error, f"{name}: {error}"
            if together:
                pairs += value.items()
            else:
                pairs.append((parameter["name"], ",".join(value) if isinstance(value, list) else value))
        return template + ("?" + urllib.parse.urlencode(pairs) if pairs else "")

    def call(self, name, body=None, path=None, query=None, headers=None):
        """Does what the operation says and gives its answer, which is one of those that the document lists."""
        method, _, operation, _ = self.operations[name]
        sent = dict(headers or {})
        if operation["security"] and self.key:
            sent["Authorization"] = f"Bearer {self.key}"
        data = None
        if body is not None:
            content = operation["requestBody"]["content"]["application/json"]
            error = self.problem_of(body, content["schema"])
            assert not error, f"{name}: {error}"
            data = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        address = self.address + self.target(name, path, query)
        return self.checked(name, *fetch(address, method, data, sent, events=1))

    def raw(self, name, target=None, data=None, headers=None):
        """Sends what the operation does not take."""
        return self.checked(name, *fetch(self.address + (target or self.target(name)), self.operations[name][0], data, headers, events=1))

    def checked(self, name, status, headers, data):
        reply = Reply(name, status, headers, data)
        operation = self.operations[name][2]
        said = operation["responses"]
        assert str(status) in said, f"{name}: {status} is not in the document: {data[:300]}"
        response = self.resolved(said[str(status)])
        for header, definition in response.get("headers", {}).items():
            value, definition = headers[header], self.resolved(definition)
            assert value is not None or not definition.get("required"), f"{name} {status}: no header {header}"
            if value is not None:
                value = int(value) if definition["schema"]["type"] == "integer" else value
                assert not self.problem_of(value, definition["schema"]), f"{name} {status}: {header}: {value}"
        if "content" not in response:
            assert reply.type is None and not data, f"{name} {status}: a body that the document does not say"
            return reply
        assert reply.type in response["content"], f"{name} {status}: {reply.type} is not in the document"
        if reply.type == "text/event-stream":
            lines = (line.partition(": ") for line in data.decode().split("\n\n")[0].split("\n"))
            reply.json = {field: int(value) if field == "retry" else value for field, _, value in lines}
        if reply.json is not None:
            error = self.problem_of(reply.json, response["content"][reply.type]["schema"], strictly=True)
            assert not error, f"{name} {status}: {error.json_path}: {error.message}"
            if reply.type == "application/problem+json":
                assert reply.json["code"] in operation["x-codes"], f"{name} {status}: {reply.json['code']} is no code of this operation"
            reply.fields = set(self.fields(response["content"][reply.type]["schema"], reply.json, name))
        return reply
