"""The processes that tests start, on ports and in directories of their own: a redis-server, and what they end by its identifier.

The program under test is `USDCOP_TEST_PROGRAM`, else `.build/debug/usdcop`.
"""

import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import time

import redis

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAM = os.environ.get("USDCOP_TEST_PROGRAM") or str(ROOT / ".build/debug/usdcop")


def free_port():
    """A port that nobody listens on at the moment.

    Drawn from below the range that the kernel gives to outgoing connections: in it, a client could take the port while its server is away,
    or even connect to itself.
    """
    for _ in range(1000):
        port = random.randrange(12_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")


class PortTaken(AssertionError):
    """Somebody else was faster."""


def on_free_port(start):
    """Gives what `start` gives for a free port; somebody else may take it first, and then another port is tried."""
    for _ in range(4):
        try:
            return start(free_port())
        except PortTaken:
            continue
    return start(free_port())


def expect_running(process, log):
    """A process that ended instead of listening says why in its log."""
    if process.poll() is not None:
        said = pathlib.Path(log).read_text()
        raise (PortTaken if re.search("address (already|is) in use", said, re.IGNORECASE) else AssertionError)(said)


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
        self.options = ["--bind", "127.0.0.1", "--save", "", "--dir", str(directory), *map(str, options)]
        self.log = pathlib.Path(directory) / "redis-server.log"
        on_free_port(self.open)

    def open(self, port):
        self.port = port
        self.url = f"redis://127.0.0.1:{port}/0"
        self.client = redis.Redis(port=port, decode_responses=True)
        self.start()

    def start(self):
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(["redis-server", "--port", str(self.port), *self.options], stdout=log)
        until(self.answers)

    def answers(self):
        """By its own word: what answers on the port may be another server, which was faster."""
        expect_running(self.process, self.log)
        return "Ready to accept connections" in self.log.read_text()

    def kill(self):
        self.process.kill()
        self.process.wait()
