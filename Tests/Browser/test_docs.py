"""`/docs`: the OpenAPI document, shown by Swagger UI under a strict policy."""

import os
import pathlib

import pytest
from processes import ROOT

FOLDER = pathlib.Path(os.environ.get("USDCOP_SWAGGER_UI") or ROOT / ".local/web/swagger-ui")
KEY = "reader-key-0123456789"


@pytest.fixture
def docs(desk, visit):
    assert (FOLDER / "swagger-ui.css").exists(), "no Swagger UI here; scripts/test installs it"
    service = desk.serve(USDCOP_SWAGGER_UI=str(FOLDER), USDCOP_API_KEYS=f"reader:desk:{KEY}\nwriter:model:writer-key-0123456789")
    # What a policy forbids, the browser says as an error, on which `visit` fails.
    page = visit(service.address + "/docs", ready=False)
    page.wait_for_selector(".opblock")
    return page


def test_every_operation_is_shown(docs):
    document = docs.evaluate("fetch('/openapi.json').then(answer => answer.json())")
    count = sum(len(item.keys() - {"parameters"}) for item in document["paths"].values())
    assert docs.locator(".opblock").count() == count
    assert docs.locator("h1, h2").filter(has_text="usdcop").first.is_visible()


def test_an_operation_can_be_tried_with_a_key(docs):
    docs.click(".authorize.btn, button.authorize")
    docs.fill("#auth-bearer-value", KEY)
    docs.locator(".modal-ux button.authorize").first.click()
    docs.locator(".modal-ux .btn-done").first.click()
    block = docs.locator("#operations-signals-getSignals")
    block.locator(".opblock-summary-control").click()
    block.locator(".try-out__btn").click()
    # The examples are to be chosen; each is a query of its own.
    block.locator("select.examples-select-element").first.select_option("history")
    with docs.expect_request(lambda request: "/api/cache/signals" in request.url) as sent:
        block.locator("button.execute").click()
    assert sent.value.url.split("?")[1].split("&") == ["limit=50", "symbol=USDCOP", "type=history"]
    block.locator(".live-responses-table .response-col_status", has_text="200").wait_for()
