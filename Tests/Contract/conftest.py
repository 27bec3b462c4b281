"""A desk with API keys, and clients that were made from nothing but the document that its service serves."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "Browser"))

from client import KEY_LINES, KEYS, Client  # noqa: E402
from desk import Desk  # noqa: E402


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
