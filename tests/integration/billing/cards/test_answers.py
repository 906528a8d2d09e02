"""Answers to disputes: asked for once, sent once, however often somebody dies, breaks off or is late."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError

from billing.enums import AnswerFailure
from billing.errors import (
    AnswerInvalid,
    AnswerNotOffered,
    DisputeAnswered,
    DisputeLate,
    DisputeNotFound,
    DisputeNotOpen,
    DisputeOnlyAsked,
    EvidenceChanged,
    EvidenceTooLarge,
)
from billing.models import Dispute, DisputeAnswer, Payment, PaymentAccount
from billing.selectors.disputes import get_dispute, list_answers_of
from billing.services.cards import answering
from billing.services.cards.answering import accept_dispute, answer_dispute, send_answer, stamp_case
from billing.services.forgetting import erase_payers
from billing.types import CaseFile
from devtools.stripe_server import disputes, money
from devtools.stripe_server.server import Fault
from notifications.models import Message
from tenants.context import current_tenant, tenant_scope
from tenants.enums import TenantStatus
from tenants.errors import StatusForbids
from tenants.types import ErasedRows
from tests.factories.billing import add_up, pay
from tests.factories.cards import book_with_deposit
from tests.factories.scheduling import STAFF

CASE = CaseFile(
    paper=b"%PDF-1.7 evidence", pages=2, customer_name="Ana Pérez", customer_email="ana@example.com",
    service="Afinación", served_on="5 de enero", refund_terms="Sin devolución", cancel_terms="Hasta un día antes",
)  # fmt: skip


@pytest.fixture
def theirs(till, account_id):
    """What the bank has: somebody paid a deposit, and asks it back."""
    booking_id = book_with_deposit(till)
    till.stand_in.pay(till.start(booking_id), "createDispute")
    hear(till)
    return next(each for each in till.stand_in.world.things.values() if each["object"] == "dispute")


@pytest.fixture
def dispute(theirs):
    return Dispute.objects.get()


def hear(till) -> None:
    till.post_all()
    till.work()


def answer(till, dispute, case=CASE, **changes) -> int:
    given = {"text": " Vino. ", "seen": stamp_case(case), "now": till.moment, "by": STAFF}
    return answer_dispute(payment_id=dispute.payment_id, dispute_id=dispute.pk, case=case, **given | changes)


def accept(till, dispute) -> int:
    return accept_dispute(payment_id=dispute.payment_id, dispute_id=dispute.pk, now=till.moment, by=STAFF)


def list_answers() -> list[tuple]:
    return list(DisputeAnswer.objects.order_by("pk").values_list("kind", "state", "failure"))


def count_sent(theirs) -> int:
    return theirs["evidence_details"]["submission_count"]


def told() -> list[str]:
    return list(Message.objects.filter(template="business_answer_failed").values_list("body_text", flat=True))


def test_evidence_is_with_the_bank_as_the_person_read_it(till, theirs, dispute):
    answer(till, dispute)
    before = (list_answers(), theirs["status"])
    till.work()

    assert before == ([("evidence", "asked", "")], "needs_response")
    assert (list_answers(), count_sent(theirs)) == ([("evidence", "sent", "")], 1)
    said = {name: text for name, text in theirs["evidence"].items() if text and isinstance(text, str)}
    file_id = said.pop("uncategorized_file")
    assert disputes.read_file(till.stand_in.world, file_id) == CASE.paper
    assert said == {
        "uncategorized_text": "Vino.", "customer_name": "Ana Pérez", "customer_email_address": "ana@example.com",
        "product_description": "Afinación", "service_date": "5 de enero", "refund_policy_disclosure": "Sin devolución",
        "cancellation_policy_disclosure": "Hasta un día antes",
    }  # fmt: skip
    assert (get_dispute(payment_id=dispute.payment_id, dispute_id=dispute.pk).state, told()) == ("answered", [])


def test_what_was_sent_stays_with_the_bank_only(till, theirs, dispute):
    answer(till, dispute)
    till.work()

    row = DisputeAnswer.objects.get()
    (view,) = list_answers_of(payment_id=dispute.payment_id)
    assert (row.paper, row.facts, row.provider_file_id) == (None, {}, theirs["evidence"]["uncategorized_file"])
    assert (view.text, view.by_id, view.asked_at, view.done_at, view.why) == (
        "Vino.", STAFF.user_id, till.moment, till.moment, "",
    )  # fmt: skip
    assert str(row) == f"answer to dispute {dispute.pk}"


def test_who_gives_in_has_lost_and_the_money_stays_away(till, theirs, dispute):
    accept(till, dispute)
    hear(till)

    dispute.refresh_from_db()
    assert (list_answers(), theirs["status"], dispute.state) == ([("accepted", "sent", "")], "lost", "lost")
    assert (add_up()["disputed"], count_sent(theirs)) == (30_000, 0)


@pytest.mark.parametrize("do", [answer, accept])
@pytest.mark.parametrize("again", [answer, accept])
def test_second_person_is_told_that_somebody_was_faster(till, theirs, dispute, do, again):
    do(till, dispute)
    with pytest.raises(DisputeAnswered):
        again(till, dispute)
    till.work()
    with pytest.raises(DisputeAnswered):
        again(till, dispute)

    assert len(list_answers()) == 1


def test_table_has_one_answer_that_is_on_its_way_or_there(till, dispute):
    answer(till, dispute)

    with pytest.raises(IntegrityError):
        DisputeAnswer.objects.create(dispute=dispute, kind="accepted", asked_at=till.moment)


@pytest.mark.parametrize("do", [answer, accept])
@pytest.mark.parametrize("state", ["answered", "won", "lost"])
def test_what_the_bank_has_or_decided_takes_no_answer(till, dispute, do, state):
    Dispute.objects.update(state=state, closed_at=till.moment if state != "answered" else None)

    with pytest.raises(DisputeNotOpen):
        do(till, dispute)

    assert list_answers() == []


@pytest.mark.parametrize("do", [answer, accept])
def test_time_to_answer_ends(till, dispute, do):
    till.pass_by(timedelta(days=7))

    with pytest.raises(DisputeLate):
        do(till, dispute)

    till.pass_by(timedelta(seconds=-1))
    do(till, dispute)
    assert len(list_answers()) == 1


def test_dispute_without_a_deadline_is_answered(till, dispute):
    Dispute.objects.update(answer_by=None)

    answer(till, dispute)
    till.work()

    assert list_answers() == [("evidence", "sent", "")]


def test_bank_that_only_asks_is_answered_and_nothing_is_left_to_it(till, theirs, dispute):
    theirs.update(status="warning_needs_response", balance_transactions=[])
    Dispute.objects.update(taken_minor=0)

    with pytest.raises(DisputeOnlyAsked):
        accept(till, dispute)
    answer(till, dispute)
    till.work()

    assert (list_answers(), theirs["status"]) == ([("evidence", "sent", "")], "warning_under_review")


def test_evidence_that_nobody_read_is_not_sent(till, dispute):
    for changed in (replace(CASE, paper=b"%PDF-1.7 other"), replace(CASE, customer_name="Otra")):
        with pytest.raises(EvidenceChanged):
            answer(till, dispute, case=changed, seen=stamp_case(CASE))

    assert list_answers() == []


@pytest.mark.parametrize(
    ("case", "is_sent"),
    [
        (replace(CASE, pages=16), True),
        (replace(CASE, pages=17), False),
        (replace(CASE, paper=b"%PDF-" + b"x" * 4_499_995), True),
        (replace(CASE, paper=b"%PDF-" + b"x" * 4_499_996), False),
    ],
)
def test_evidence_has_an_end(till, dispute, case, is_sent):
    if is_sent:
        answer(till, dispute, case=case)
    else:
        with pytest.raises(EvidenceTooLarge):
            answer(till, dispute, case=case)

    assert len(list_answers()) == is_sent


def test_words_have_an_end(till, theirs, dispute):
    with pytest.raises(AnswerInvalid) as refused:
        answer(till, dispute, text="x" * 5_001)
    answer(till, dispute, text=" " + "x" * 5_000)
    till.work()

    assert list(refused.value.errors) == ["text"]
    assert theirs["evidence"]["uncategorized_text"] == "x" * 5_000


def test_dispute_of_another_payment_is_none(till, dispute):
    another = pay(dispute.payment.booking_id)
    for payment_id, dispute_id in (
        (dispute.payment_id, dispute.pk + 1),
        (another, dispute.pk),
        (another + 1, dispute.pk),
    ):
        dispute.payment_id, dispute.pk = payment_id, dispute_id
        for do in (answer, accept):
            with pytest.raises(DisputeNotFound):
                do(till, dispute)
        with pytest.raises(DisputeNotFound):
            get_dispute(payment_id=payment_id, dispute_id=dispute_id)

    assert list_answers() == []


def test_nothing_is_sent_where_no_answers_are_taken(till, dispute, settings):
    settings.STRIPE_KEY = ""

    with pytest.raises(AnswerNotOffered):
        answer(till, dispute)

    assert list_answers() == []


@pytest.mark.parametrize("do", [answer, accept])
def test_business_that_is_closed_answers_nothing(till, dispute, do):
    closed = replace(current_tenant(), status=TenantStatus.CLOSED)

    with tenant_scope(closed), pytest.raises(StatusForbids):
        do(till, dispute)

    assert list_answers() == []


@pytest.mark.parametrize(
    ("fault", "faults"),
    [(Fault.BREAK_AFTER, 1), (Fault.BREAK_AFTER, 4), (Fault.BREAK_BEFORE, 3), (Fault.ERROR, 4), (Fault.BUSY, 2)],
)
def test_answer_is_sent_once_however_the_line_breaks(till, theirs, dispute, fault, faults):
    answer(till, dispute)
    till.stand_in.faults += [fault] * faults
    for _ in range(4):
        till.work()
        till.pass_by(timedelta(minutes=2))

    files = list(till.stand_in.world.find_all("file", dispute.payment.provider_account_id))
    assert (list_answers(), count_sent(theirs), len(files)) == ([("evidence", "sent", "")], 1, 1)


@pytest.mark.parametrize("step", ["_note_file", "_settle"])
def test_who_dies_on_the_way_goes_on_there(till, theirs, dispute, monkeypatch, step):
    answer_id = answer(till, dispute)
    with monkeypatch.context() as killed:
        killed.setattr(answering, step, die)
        with pytest.raises(Died):
            send_answer(answer_id, till.moment)
    before = list_answers()
    send_answer(answer_id, till.moment + timedelta(minutes=2))

    files = list(till.stand_in.world.find_all("file", dispute.payment.provider_account_id))
    assert (before, list_answers()) == ([("evidence", "asked", "")], [("evidence", "sent", "")])
    assert (count_sent(theirs), len(files)) == (1, 1)


def test_answer_that_ended_meanwhile_is_left_as_it_is(till, dispute):
    answer_id = answer(till, dispute)
    send_answer(answer_id, till.moment)
    before = list_answers()

    answering._note_file(answer_id, "file_other")
    answering._settle(answer_id, now=till.moment + timedelta(days=1))
    answering._refuse(answer_id, AnswerFailure.LATE, now=till.moment + timedelta(days=1))

    assert (list_answers(), before) == (before, [("evidence", "sent", "")])
    assert DisputeAnswer.objects.get().done_at == till.moment


class Died(BaseException):
    """A process ended here."""


def die(*_, **__):
    raise Died


def test_who_died_before_the_bank_decided_still_has_sent_it(till, theirs, dispute, monkeypatch):
    answer_id = answer(till, dispute)
    with monkeypatch.context() as killed:
        killed.setattr(answering, "_settle", die)
        with pytest.raises(Died):
            send_answer(answer_id, till.moment)
    till.stand_in.world.answers.clear()  # the provider forgets keys after a day
    money.close_dispute(till.stand_in.world, theirs, is_won=True)
    send_answer(answer_id, till.moment + timedelta(days=2))

    dispute.refresh_from_db()
    assert (list_answers(), dispute.state, count_sent(theirs)) == ([("evidence", "sent", "")], "won", 1)


def test_sending_again_changes_nothing(till, theirs, dispute):
    answer_id = answer(till, dispute)
    for _ in range(3):
        send_answer(answer_id, till.moment)
    send_answer(answer_id + 1, till.moment)

    assert (list_answers(), count_sent(theirs)) == ([("evidence", "sent", "")], 1)


def test_answer_at_the_provider_itself_was_faster(till, theirs, dispute):
    answer(till, dispute)
    disputes.answer(till.stand_in.world, theirs, {"uncategorized_text": "Allá"}, is_sent=True)
    hear(till)

    dispute.refresh_from_db()
    assert (list_answers(), dispute.state) == ([("evidence", "refused", "elsewhere")], "answered")
    assert (theirs["evidence"]["uncategorized_text"], theirs["evidence"]["uncategorized_file"]) == ("Allá", None)
    (text,) = told()
    assert "Ya tenía una respuesta" in text


def test_answer_that_waited_for_too_long_is_late(till, theirs, dispute):
    answer(till, dispute)
    till.pass_by(timedelta(days=7))
    till.work()

    assert (list_answers(), count_sent(theirs)) == ([("evidence", "refused", "late")], 0)
    (text,) = told()
    assert "Llegó tarde" in text
    (view,) = list_answers_of(payment_id=dispute.payment_id)
    assert str(view.why) == "Llegó tarde: el plazo para contestar ya había terminado."


def test_answer_that_makes_no_sense_there_can_be_tried_again(till, theirs, dispute):
    answer(till, dispute, case=replace(CASE, paper=b"no paper"))
    till.work()
    before = (list_answers(), count_sent(theirs))
    answer(till, dispute)
    till.work()

    assert before == ([("evidence", "refused", "refused")], 0)
    assert list_answers() == [("evidence", "refused", "refused"), ("evidence", "sent", "")]
    (text,) = told()
    assert "Puedes intentarlo otra vez hasta el" in text


def test_account_that_is_gone_takes_no_answer(till, theirs, dispute):
    answer(till, dispute)
    till.stand_in.world.private[dispute.payment.provider_account_id]["state"] = "gone"
    till.work()

    assert list_answers() == [("evidence", "refused", "refused")]


def test_erased_customer_is_in_no_answer(till, theirs, dispute):
    Payment.objects.update(customer_id=7)
    answer(till, dispute)

    erase_payers(ErasedRows(kind="scheduling.Customer", row_ids=(7,), at=till.moment))

    row = DisputeAnswer.objects.get()
    assert (row.paper, row.facts, row.text) == (None, {}, "")
    till.work()
    assert (list_answers(), count_sent(theirs)) == ([("evidence", "refused", "refused")], 0)


def test_erased_customer_does_not_stop_what_the_provider_has(till, theirs, dispute, monkeypatch):
    answer_id = answer(till, dispute)
    with monkeypatch.context() as killed:
        killed.setattr(answering, "_send", lambda door, account, row: answering._note_file(row.pk, "file_1") or die())
        with pytest.raises(Died):
            send_answer(answer_id, till.moment)

    row = DisputeAnswer.objects.get()
    assert (row.provider_file_id, row.paper) == ("file_1", None)


def test_account_belongs_to_its_payment(till, theirs, dispute):
    """The business may have connected another account since."""
    answer(till, dispute)
    PaymentAccount.objects.update(provider_id="acct_other")
    till.work()

    assert (list_answers(), count_sent(theirs)) == ([("evidence", "sent", "")], 1)
