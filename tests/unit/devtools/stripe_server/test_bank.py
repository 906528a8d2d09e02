"""The page on which a bank decides, in the demo."""

from __future__ import annotations

import pytest

from devtools.stripe_server import disputes, money
from devtools.stripe_server.calls import read_parts
from devtools.stripe_server.disputes import Upload
from devtools.stripe_server.server import StandIn
from devtools.stripe_server.specification import API_VERSION
from outgoing.client import send_request
from tests.unit.devtools.stripe_server.test_stand_in import call, open_page, read

PAPER = b"%PDF-1.7 evidence"


@pytest.fixture
def stand_in():
    with StandIn() as running:
        yield running


@pytest.fixture
def account(stand_in):
    return stand_in.open_account()


@pytest.fixture
def dispute(stand_in, account):
    session, _ = open_page(stand_in, account)
    stand_in.pay(session, "createDispute")
    return next(stand_in.world.find_all("dispute", account))


def answer(stand_in, account, dispute):
    file = disputes.keep_file(stand_in.world, account, Upload("e.pdf", PAPER), "dispute_evidence", stand_in.url)
    evidence = {"uncategorized_file": file["id"], "uncategorized_text": "Vino <b>"}
    disputes.answer(stand_in.world, dispute, evidence, is_sent=True)


def test_bank_without_disputes_says_how_to_get_one(stand_in):
    status, page, _ = read(stand_in, "/bank/")

    assert (status, "Nothing is disputed" in page) == (200, True)


def test_bank_sees_what_it_was_told_and_decides(stand_in, account, dispute):
    answer(stand_in, account, dispute)
    stand_in.postman.take_all()

    _, before, _ = read(stand_in, "/bank/")
    paper = send_request(f"{stand_in.url}/bank/{dispute['id']}/evidence.pdf")
    status, _, location = read(stand_in, f"/bank/{dispute['id']}/", {"won": "yes"})
    _, after, _ = read(stand_in, "/bank/")

    assert ["Vino &lt;b&gt;" in before, "MXN 500.00" in before, "under_review" in before] == [True, True, True]
    assert (paper.status, paper.headers["content-type"], paper.body) == (200, "application/pdf", PAPER)
    assert (status, location, dispute["status"]) == (303, "/bank/", "won")
    assert ["<button" in before, "<button" in after] == [True, False]
    assert [event["type"] for event in stand_in.postman.take_all()] == [
        "charge.dispute.funds_reinstated", "charge.dispute.closed",
    ]  # fmt: skip


@pytest.mark.parametrize(("sent", "status"), [({"won": "no"}, "lost"), ({"won": "?"}, "needs_response")])
def test_bank_decides_for_the_customer_or_later(stand_in, dispute, sent, status):
    read(stand_in, f"/bank/{dispute['id']}/", sent)

    assert dispute["status"] == status


def test_bank_decides_once(stand_in, dispute):
    read(stand_in, f"/bank/{dispute['id']}/", {"won": "no"})
    read(stand_in, f"/bank/{dispute['id']}/", {"won": "yes"})

    assert dispute["status"] == "lost"


def test_there_is_no_page_of_what_is_not_disputed(stand_in, dispute):
    assert read(stand_in, "/bank/du_none/", {"won": "yes"})[0] == 404
    assert read(stand_in, f"/bank/{dispute['id']}/evidence.pdf")[0] == 303


@pytest.mark.parametrize(
    ("form", "param"),
    [
        ({"purpose": "dispute_evidence"}, "file"),
        ({"purpose": "dispute_evidence", "file": "no file"}, "file"),
        ({"purpose": "selfie", "file": "x"}, "purpose"),
        ({"purpose": "dispute_evidence", "file": "x", "name": "x"}, "name"),
    ],
)
def test_file_that_is_none_is_refused(stand_in, account, form, param):
    status, body = call(stand_in, "/v1/files", form, account=account)

    assert (status, body["error"]["param"]) == (400, param)


def test_file_for_something_else_is_refused(stand_in, account):
    boundary = "b0undary"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbusiness_logo\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-\r\n'
        f"--{boundary}--\r\n"
    ).encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}

    answer = stand_in.counter.take(
        "POST", "/v1/files",
        {"authorization": "Bearer sk_test_x", "stripe-version": API_VERSION, "stripe-account": account,
         "idempotency-key": "k", "content-type": headers["Content-Type"]},
        body, stand_in.url,
    )  # fmt: skip

    assert read_parts(body, headers["Content-Type"]) == (
        [("purpose", "business_logo")], {"file": Upload("a.pdf", b"%PDF-")},
    )  # fmt: skip
    assert (answer.status, answer.body["error"]["param"]) == (400, "purpose")


def test_evidence_with_a_field_that_there_is_not_is_refused(stand_in, account, dispute):
    status, body = call(
        stand_in, f"/v1/disputes/{dispute['id']}", {"evidence[uncategorised_text]": "x"}, account=account
    )

    assert (status, body["error"]["code"], dispute["status"]) == (400, "parameter_unknown", "needs_response")


def test_key_is_forgotten_after_a_day_with_its_refusal():
    now = [1_000_000.0]
    with StandIn(now=lambda: now[0]) as running:
        there = running.open_account()
        session, _ = open_page(running, there)
        running.pay(session, "createDispute")
        dispute = next(running.world.find_all("dispute", there))
        form = {"payment_intent": dispute["payment_intent"]}
        statuses = [call(running, "/v1/refunds", form, account=there, key="t:r:1:1")[0]]
        money.close_dispute(running.world, dispute, is_won=True)
        for passed in (86_399, 1):
            now[0] += passed
            statuses.append(call(running, "/v1/refunds", form, account=there, key="t:r:1:1")[0])

    assert statuses == [400, 400, 200]
