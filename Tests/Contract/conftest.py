"""A desk with API keys, and clients that were made from nothing but the document that its service serves."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "Browser"))

from client import Client  # noqa: E402
from desk import Desk  # noqa: E402

KEYS = {role: f"{role}-key-0123456789" for role in ("reader", "writer", "administrator")}
KEY_LINES = "\n".join(f"{role}:the-{role}:{key}" for role, key in KEYS.items())


@pytest.fixture(scope="module")
def desk():
    desk = Desk()
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def service(desk):
    return desk.serve(USDCOP_API_KEYS=KEY_LINES)


@pytest.fixture(scope="module")
def client(service):
    return Client(service.address, KEYS["administrator"])
