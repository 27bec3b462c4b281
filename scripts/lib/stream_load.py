"""Clients of the event stream, for scripts/bench."""

import asyncio
import json
import statistics
import time

EVENT = b'"event":"set"'


class Listener(asyncio.Protocol):
    """One client: counts into a tally that all of them share."""

    def __init__(self, tally):
        self.tally, self.rest, self.is_open = tally, b"", False

    def connection_made(self, transport):
        transport.write(b"GET /api/stream?topics=metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")

    def data_received(self, data):
        # A word may lie across two reads.
        text = self.rest + data
        if not self.is_open and b"event: open\n" in text:
            self.is_open = True
            self.tally.opened += 1
        self.tally.take(text.count(EVENT))
        self.rest = text[-(len(EVENT) - 1) :]


class Tally:
    """What all clients got together."""

    def __init__(self):
        self.opened, self.events, self.wanted, self.at, self.reached = 0, 0, 0, 0.0, asyncio.Event()

    def expect(self, wanted):
        self.events, self.wanted, self.reached = 0, wanted, asyncio.Event()

    def take(self, events):
        self.events += events
        if events and self.events == self.wanted:
            self.at = time.perf_counter()
            self.reached.set()


async def put(connection, value):
    """Sets a metric; returns when it is answered."""
    reader, writer = connection
    body = json.dumps({"value": value}).encode()
    head = f"PUT /api/cache/metrics/custom/bench HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    answer = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in answer.split(b"\r\n", 1)[0]:
        raise RuntimeError(answer.decode())
    length = next(line for line in answer.split(b"\r\n") if line.lower().startswith(b"content-length"))
    await reader.readexactly(int(length.split(b":")[1]))


async def measure(publisher, server, clients, events):
    """Milliseconds from a request to one process until its event has come from another to every client, at the median; and the clients."""
    loop, tally = asyncio.get_running_loop(), Tally()
    transports = []
    for first in range(0, clients, 100):
        connections = [loop.create_connection(lambda: Listener(tally), "127.0.0.1", server) for _ in range(min(100, clients - first))]
        transports += [transport for transport, _ in await asyncio.gather(*connections)]
    async with asyncio.timeout(30):
        while tally.opened < clients:
            await asyncio.sleep(0.01)
    connection = await asyncio.open_connection("127.0.0.1", publisher)
    times = []
    for number in range(events):
        tally.expect(clients)
        began = time.perf_counter()
        await put(connection, number)
        async with asyncio.timeout(30):
            await tally.reached.wait()
        times.append((tally.at - began) * 1000)
        await asyncio.sleep(0.02)
    return statistics.median(times), transports


def run(publisher, server, clients, events, settled=lambda: None):
    """The median, and what `settled` answers while all clients still listen."""

    async def both():
        median, transports = await measure(publisher, server, clients, events)
        answer = settled()
        for transport in transports:
            transport.close()
        return median, answer

    return asyncio.run(both())
