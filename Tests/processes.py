"""The processes that tests start, on ports and in directories of their own: a redis-server, and what they end by its identifier.

The program under test is `USDCOP_TEST_PROGRAM`, else `.build/debug/usdcop`.
"""

import os
import pathlib
import signal
import socket
import subprocess
import time

import redis

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAM = os.environ.get("USDCOP_TEST_PROGRAM") or str(ROOT / ".build/debug/usdcop")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition, seconds=15):
    """Polls: a bounded wait for what another process does. Gives what the condition gave."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError(f"it was not so within {seconds} s")


def end(process):
    """Ends one process, if need be by force."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def environment(**variables):
    """That of the tests without anything that the program would listen to, and what is given."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("USDCOP_", "REDIS_", "CACHE_"))}
    return inherited | variables


class RedisServer:
    """A redis-server, and a client on it."""

    def __init__(self, directory, *options):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.client = redis.Redis(port=self.port, decode_responses=True)
        self.command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(directory), *map(str, options)]
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL)
        until(self.answers)

    def answers(self):
        assert self.process.poll() is None, "redis-server ended"
        try:
            return self.client.ping()
        except redis.exceptions.AuthenticationError:
            return True
        except (redis.exceptions.ConnectionError, redis.exceptions.BusyLoadingError):
            return False

    def kill(self):
        self.process.kill()
        self.process.wait()
