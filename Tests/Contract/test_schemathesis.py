"""schemathesis with all of its checks against a live service on a real Redis."""

import os
import pathlib
import re
import subprocess
import sys

import pytest
from client import KEY_LINES, KEYS, Client, fetch
from desk import Desk, now

SOAK = bool(os.environ.get("USDCOP_SOAK"))
SECONDS = 1800 if SOAK else 60
#: What only a name that is there answers, and no schema tells which.
NEEDS_LUCK = {"checkService", "unregisterService", "getAsset", "getDocumentationFile"}

# A service that was registered and not checked yet is unhealthy, and the whole with it: that is the one 503 which is an answer.
CONFIGURATION = """
hooks = "rules"
seed = 20250115
request-timeout = 20
max-stream-events = 1
continue-on-failure = true
workers = 1

[auth.openapi.bearer]
bearer = "{key}"

[auth.openapi.key]
api_key = "{key}"

[[operations]]
include-operation-id = "getHealth"
checks.not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", 503]
"""


@pytest.mark.timeout(SECONDS + 120)
def test_schemathesis_finds_nothing(tmp_path):
    desk = Desk()
    try:
        service = desk.serve(USDCOP_API_KEYS=KEY_LINES, USDCOP_RATE_LIMIT="off")
        (tmp_path / "schemathesis.toml").write_text(CONFIGURATION.format(key=KEYS["administrator"]))
        program = [sys.executable, "-m", "schemathesis.cli", "--config-file", "schemathesis.toml"]
        run = [*program, "run", service.address + "/openapi.json", "--checks", "all", "--max-time", str(SECONDS)]
        known = {"USDCOP_TEST_ADDRESS": service.address, "USDCOP_TEST_NOW": now(), "PYTHONPATH": str(pathlib.Path(__file__).parent)}
        with open(tmp_path / "said", "w") as said:
            status = subprocess.run(run, cwd=tmp_path, env=os.environ | known, stdin=subprocess.DEVNULL, stdout=said, stderr=said).returncode
        text = (tmp_path / "said").read_text()
        print(text[-3000:])
        assert status == 0, text[-20000:]
        generated = int(re.search(r"(\d[\d,]*) generated", text).group(1).replace(",", ""))
        assert generated > 200, text[-3000:]
        # Most of it has to get past keys and rates, and every operation to do once what it is there for.
        _, _, shown = fetch(service.address + "/metrics", headers={"X-API-Key": KEYS["reader"]})
        counts = re.findall(r'usdcop_http_requests_total\{(.*?)\} (\d+)', shown.decode())
        labels = [(dict(re.findall(r'(\w+)="([^"]*)"', names)), int(count)) for names, count in counts]
        done = {(one["method"], one["route"]) for one, _ in labels if one["status"][0] in "23"}
        client = Client(service.address)
        unanswered = {name for name, (method, template, _, _) in client.operations.items() if (method, template) not in done}
        assert unanswered <= NEEDS_LUCK, unanswered - NEEDS_LUCK
        assert sum(count for one, count in labels if one["status"] == "429") == 0
        assert service.process.poll() is None
    finally:
        desk.close()
