"""Checks what alerts look like from outside, in Python's own way: the signature of a webhook, or the parts of an e-mail.

Usage: check_alert.py signature SECRET HEADER < body    prints "valid" or what is wrong
       check_alert.py message < message                  prints the parts as JSON
"""

import email
import email.policy
import email.utils
import hashlib
import hmac
import json
import sys
import time


def check_signature(secret, header, body):
    parts = dict(part.split("=", 1) for part in header.split(","))
    expected = hmac.new(secret.encode(), parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, parts["v1"]):
        return "forged"
    return "valid" if abs(time.time() - int(parts["t"])) < 60 else "old"


def read_message(data):
    message = email.message_from_bytes(data, policy=email.policy.default)
    return {
        "headers": {name: str(value) for name, value in message.items()}, "text": message.get_content(),
        "date": email.utils.parsedate_to_datetime(message["Date"]).isoformat(),
        "defects": [str(defect) for defect in message.defects], "parts": len(list(message.walk())),
        "longest": max(len(line) for line in data.split(b"\r\n")),
    }  # fmt: skip


if sys.argv[1] == "signature":
    print(check_signature(sys.argv[2], sys.argv[3], sys.stdin.buffer.read()))
else:
    print(json.dumps(read_message(sys.stdin.buffer.read())))
