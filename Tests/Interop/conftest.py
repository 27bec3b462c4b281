"""A desk of its own for every test: a redis-server, and the program."""

import json
import os
import shutil
import subprocess

import pytest
from processes import PROGRAM, RedisServer, end, environment


class Desk:
    """A private redis-server, a client on it, and the program."""

    def __init__(self, directory):
        self.server = RedisServer(directory)
        self.port, self.redis = self.server.port, self.server.client
        self.environment = environment(REDIS_URL=self.server.url, LOG_LEVEL="error")

    def start(self, *arguments, **variables):
        return subprocess.Popen(
            [PROGRAM, *arguments], env=self.environment | variables, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )

    def run(self, *arguments, given=None):
        """Runs the program to its end and answers what it printed as JSON."""
        result = subprocess.run(
            [PROGRAM, *arguments], env=self.environment, input=given, capture_output=True, text=True, timeout=60, check=False
        )
        assert result.returncode == 0, (arguments, result.returncode, result.stdout, result.stderr)
        return json.loads(result.stdout)


@pytest.fixture
def desk(tmp_path):
    if not os.access(PROGRAM, os.X_OK):
        pytest.fail(f"there is no program at {PROGRAM}; build it, or name one in USDCOP_TEST_PROGRAM")
    if shutil.which("redis-server") is None:
        pytest.fail("redis-server is not installed")
    desk = Desk(tmp_path)
    yield desk
    end(desk.server.process)
