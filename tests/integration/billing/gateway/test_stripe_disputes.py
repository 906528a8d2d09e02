"""Answering a dispute at the bank: evidence once, or giving in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from billing.gateway.enums import DisputeState
from billing.gateway.errors import AnswerRefused, CallRefused, OutcomeUnknown, PaymentUnknown
from billing.gateway.types import DisputeAnswer
from devtools.stripe_server import disputes, money
from devtools.stripe_server.server import Fault

PAPER = b"%PDF-1.7\r\n\xff\x00 --evidence"
TOLD = {
    "uncategorized_text": "Vino.", "customer_name": "Ana Pérez", "customer_email_address": "ana@example.com",
    "product_description": "Afinación", "service_date": "5 de diciembre", "refund_policy_disclosure": "Sin devolución",
    "cancellation_policy_disclosure": "Hasta un día antes",
}  # fmt: skip


@pytest.fixture
def dispute(stand_in, door, make_order, account):
    started = door.start(make_order())
    stand_in.pay(started.ids.started, "createDispute")
    return next(stand_in.world.find_all("dispute", account.provider_id))


@pytest.fixture
def file_id(door, account, key, stand_in):
    return door.upload_evidence(account, PAPER, key=key("evidence_file"))


@pytest.fixture
def answer(file_id):
    return DisputeAnswer(
        file_id=file_id, text="Vino.", customer_name="Ana Pérez", customer_email="ana@example.com", service="Afinación",
        served_on="5 de diciembre", refund_terms="Sin devolución", cancel_terms="Hasta un día antes",
    )  # fmt: skip


def test_paper_is_kept_byte_by_byte_and_once(stand_in, door, account, key, file_id):
    again = door.upload_evidence(account, PAPER, key=key("evidence_file"))

    (kept,) = stand_in.world.find_all("file", account.provider_id)
    assert (again, kept["id"], disputes.read_file(stand_in.world, file_id)) == (file_id, file_id, PAPER)
    assert (kept["filename"], kept["purpose"], kept["size"], kept["type"]) == (
        "evidence.pdf", "dispute_evidence", len(PAPER), "pdf",
    )  # fmt: skip


@pytest.mark.parametrize("paper", [b"no paper", b"", b"%PDF-" + b"x" * 5 * 1024 * 1024])
def test_what_is_no_paper_or_too_large_is_refused(stand_in, door, account, key, paper):
    with pytest.raises(CallRefused):
        door.upload_evidence(account, paper, key=key("evidence_file"))

    assert list(stand_in.world.find_all("file", account.provider_id)) == []


def test_evidence_is_with_the_bank(stand_in, door, account, key, dispute, answer, file_id):
    stand_in.postman.take_all()

    facts = door.answer_dispute(account, dispute["id"], answer, key=key("evidence"))

    assert (facts.state, facts.is_answered, facts.answered_with) == (DisputeState.UNDER_REVIEW, True, file_id)
    told = {name: said for name, said in dispute["evidence"].items() if said and name != "enhanced_evidence"}
    assert told == TOLD | {"uncategorized_file": file_id}
    assert dispute["evidence_details"]["submission_method"] == "manual"
    assert [event["type"] for event in stand_in.postman.take_all()] == ["charge.dispute.updated"]


def test_what_is_not_known_is_not_sent(door, account, key, dispute, file_id):
    door.answer_dispute(account, dispute["id"], DisputeAnswer(file_id=file_id), key=key("evidence"))

    told = {name: said for name, said in dispute["evidence"].items() if said and name != "enhanced_evidence"}
    assert told == {"uncategorized_file": file_id}


@pytest.mark.parametrize("attempt", [1, 2])
def test_evidence_whose_answer_was_lost_is_sent_once(stand_in, door, account, key, dispute, answer, attempt):
    stand_in.faults = [Fault.BREAK_AFTER] * 3
    with pytest.raises(OutcomeUnknown):
        door.answer_dispute(account, dispute["id"], answer, key=key("evidence"))

    facts = door.answer_dispute(account, dispute["id"], answer, key=key("evidence", attempt=attempt))

    assert (facts.answered_with, dispute["evidence_details"]["submission_count"]) == (answer.file_id, 1)


def test_bank_takes_one_answer(door, account, key, dispute, answer):
    door.answer_dispute(account, dispute["id"], answer, key=key("evidence"))
    other = replace(answer, file_id=door.upload_evidence(account, PAPER, key=key("evidence_file", attempt=2)))

    with pytest.raises(AnswerRefused):
        door.answer_dispute(account, dispute["id"], other, key=key("evidence", attempt=2))
    with pytest.raises(AnswerRefused):
        door.accept_dispute(account, dispute["id"], key=key("accept"))

    assert (dispute["evidence"]["uncategorized_file"], dispute["status"]) == (answer.file_id, "under_review")


def test_answer_without_a_file_of_ours_is_told_apart(stand_in, door, account, dispute):
    disputes.answer(stand_in.world, dispute, {"uncategorized_text": "Vino."}, is_sent=True)

    facts = door.fetch_dispute(account, dispute["id"])

    assert (facts.is_answered, facts.answered_with) == (True, "")


def test_what_is_only_noted_is_no_answer(stand_in, door, account, dispute, file_id):
    disputes.answer(stand_in.world, dispute, {"uncategorized_file": file_id}, is_sent=False)

    facts = door.fetch_dispute(account, dispute["id"])

    assert (facts.state, facts.is_answered, facts.answered_with) == (DisputeState.NEEDS_ANSWER, False, "")


@pytest.mark.parametrize("is_won", [True, False])
def test_decided_dispute_takes_no_answer(stand_in, door, account, key, dispute, answer, is_won):
    money.close_dispute(stand_in.world, dispute, is_won=is_won)

    with pytest.raises(AnswerRefused):
        door.answer_dispute(account, dispute["id"], answer, key=key("evidence"))

    assert dispute["evidence"]["uncategorized_file"] is None


def test_answer_that_comes_too_late_or_makes_no_sense_is_refused(door, account, key, dispute, answer, clock):
    with pytest.raises(CallRefused):
        door.answer_dispute(account, dispute["id"], replace(answer, text="x" * 20_001), key=key("evidence"))
    clock.pass_by(days=7)
    with pytest.raises(CallRefused):
        door.answer_dispute(account, dispute["id"], answer, key=key("evidence", attempt=2))

    assert (dispute["status"], dispute["evidence_details"]["submission_count"]) == ("needs_response", 0)


def test_file_of_another_account_is_no_evidence(stand_in, door, account, key, dispute, answer):
    there = replace(account, provider_id=stand_in.open_account())
    theirs = door.upload_evidence(there, PAPER, key=key("evidence_file"))

    with pytest.raises(PaymentUnknown):
        door.answer_dispute(account, dispute["id"], replace(answer, file_id=theirs), key=key("evidence"))
    with pytest.raises(PaymentUnknown):
        door.answer_dispute(there, dispute["id"], replace(answer, file_id=theirs), key=key("evidence"))

    assert dispute["evidence_details"]["has_evidence"] is False


def test_bank_that_only_asks_takes_an_answer_and_nothing_to_give_in_to(stand_in, door, account, key, dispute, answer):
    dispute.update(status="warning_needs_response", balance_transactions=[])

    with pytest.raises(AnswerRefused):
        door.accept_dispute(account, dispute["id"], key=key("accept"))
    facts = door.answer_dispute(account, dispute["id"], answer, key=key("evidence"))

    assert (facts.state, facts.taken_minor, dispute["status"]) == (
        DisputeState.UNDER_REVIEW, 0, "warning_under_review",
    )  # fmt: skip


def test_who_gives_in_has_lost_however_often(door, account, key, dispute):
    found = [door.accept_dispute(account, dispute["id"], key=key("accept", attempt=attempt)) for attempt in (1, 1, 2)]

    assert [(facts.state, facts.taken_minor) for facts in found] == [(DisputeState.LOST, 50_000)] * 3


def test_who_gives_in_too_late_may_look(door, account, key, dispute, clock):
    clock.pass_by(days=7)

    with pytest.raises(AnswerRefused):
        door.accept_dispute(account, dispute["id"], key=key("accept"))

    assert door.fetch_dispute(account, dispute["id"]).answer_by == clock.moment
