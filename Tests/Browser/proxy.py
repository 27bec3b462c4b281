"""A proxy between a page and several servers that cuts event streams in the middle, and goes on to the next server."""

import random
import re
import socket
import threading


class CuttingProxy:
    """Streams are cut after a random number of bytes unless it is calm; everything else passes."""

    def __init__(self, ports, seed):
        self.ports = ports
        self.chance = random.Random(seed)
        self.calm = True
        self.cuts = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client):
        """One request and its answer: the server is told to close the connection after it."""
        with client, socket.create_connection(("127.0.0.1", self.ports[self.cuts % len(self.ports)])) as server:
            try:
                head = b""
                while b"\r\n\r\n" not in head:
                    if not (part := client.recv(65536)):
                        return
                    head += part
                head = re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", head)
                server.sendall(head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
                self.answer(client, server, b"/api/stream" in head.split(b"\r\n")[0])
            except OSError:
                return

    def answer(self, client, server, is_stream):
        left = self.chance.randrange(4000)
        while part := server.recv(65536):
            if is_stream and not self.calm and len(part) > left:
                client.sendall(part[:left])
                self.cuts += 1
                return
            left = max(0, left - len(part))
            client.sendall(part)

    def close(self):
        self.listener.close()
