"""A mail server on a free port of the loopback interface for one test: prints its port, then keeps every message in a file.

Usage: smtp_sink.py MODE DIRECTORY [CERTIFICATE KEY]

MODE is plain (no encryption, no log-in), starttls (both needed), tls (from the start, log-in needed), or auth-without-tls (a server that
would take a password in the clear). The only user is desk with the password "s3cret:p@ss". Every recipient is taken but refused@…, which
gets 550, and later@…, which gets 451 at the first time.
"""

import asyncio
import json
import pathlib
import socket
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


def authenticate(server, session, envelope, mechanism, data):
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"desk", b"s3cret:p@ss")
    with open(directory / "logins", "a") as log:
        log.write(json.dumps({"mechanism": mechanism, "known": known, "tls": session.ssl is not None or mode == "tls"}) + "\n")
    return AuthResult(success=known, handled=False)


class Handler:
    def __init__(self):
        self.delayed = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 nobody of that name; desk's password is s3cret:p@ss"
        if address.startswith("later@") and address not in self.delayed:
            self.delayed.add(address)
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = {
            "from": envelope.mail_from, "to": envelope.rcpt_tos, "data": envelope.original_content.decode("ascii"),
            "tls": session.ssl is not None or mode == "tls", "login": session.authenticated,
        }  # fmt: skip
        with open(directory / "messages", "a") as messages:
            messages.write(json.dumps(message) + "\n")
        return "250 kept"


async def main():
    options = {"hostname": "sink.test"}
    listener_context = None
    if mode in ("starttls", "tls"):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(sys.argv[3], sys.argv[4])
        options |= {"authenticator": authenticate, "auth_required": True}
        if mode == "tls":
            listener_context = context
            options |= {"auth_require_tls": False}
        else:
            options |= {"tls_context": context, "require_starttls": True}
    if mode == "auth-without-tls":
        options |= {"authenticator": authenticate, "auth_require_tls": False}
    handler = Handler()
    listener = socket.create_server(("127.0.0.1", 0))
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(handler, **options), sock=listener, ssl=listener_context)
    print(listener.getsockname()[1], flush=True)
    await server.serve_forever()


mode, directory = sys.argv[1], pathlib.Path(sys.argv[2])
asyncio.run(main())
