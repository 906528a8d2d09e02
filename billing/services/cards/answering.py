"""Answers to disputes: asked for in a row first, with what a person read; then a worker gives them to the provider.

A PDF is given to the provider first, which nobody reads yet; with its id the answer goes to the bank, once. Each call
has its own key, so that whoever dies between them goes on where they were.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from billing.enums import AnswerFailure, AnswerKind, AnswerState, DisputeState
from billing.errors import (
    ANSWER_TOO_LONG,
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
from billing.gateway.door import Door
from billing.gateway.errors import AccountUnusable, AnswerRefused, CallRefused, PaymentUnknown
from billing.gateway.types import DisputeAnswer as Told
from billing.gateway.types import DisputeFacts, DoorAccount
from billing.models import Dispute, DisputeAnswer, Payment
from billing.models.answer import LIVE_ANSWERS
from billing.selectors.accounts import find_card_capabilities, make_door_account
from billing.services.cards.disputing import note_dispute
from billing.services.cards.keys import get_card_door, make_key
from billing.services.movements import LANE
from billing.types import CaseFile
from database.transactions import write_transaction
from kernel.errors import Unavailable
from notifications.services.outbox import publish
from scheduling.policies import check_step
from scheduling.types import Actor
from tenants.enums import Urgency
from tenants.errors import RetryLater
from tenants.hooks import register_due_handler
from tenants.services.due_work import add_due_work

ANSWER_KIND = "dispute_answer"
AGAIN = timedelta(minutes=2)


def register() -> None:
    """Do the due work that answers leave."""
    register_due_handler(ANSWER_KIND, send_answer)


@write_transaction()
def answer_dispute(
    *, payment_id: int, dispute_id: int, case: CaseFile, text: str, seen: str, now: datetime, by: Actor
) -> int:
    """Let a worker send the evidence to the bank, with a person's own words; return the answer's id.

    ``seen`` is `stamp_case` of what the person read.

    Raises:
        StatusForbids: The state of the business allows no steps.
        DisputeNotFound: The payment has no such dispute.
        DisputeNotOpen, DisputeLate, DisputeAnswered: The bank takes no answer (any more), or somebody was faster.
        AnswerNotOffered: Disputes of this payment are not answered from here.
        AnswerInvalid: The text is too long.
        EvidenceTooLarge: The bank does not read so much.
        EvidenceChanged: It is not what the person read.
    """
    check_step(by)
    dispute = _lock_open(payment_id, dispute_id, now=now)
    can = find_card_capabilities(dispute.payment.provider_account_id)
    if can is None or can.evidence is None:
        raise AnswerNotOffered
    words = text.strip()
    if len(words) > can.evidence.most_letters:
        raise AnswerInvalid(errors={"text": (ANSWER_TOO_LONG,)})
    if len(case.paper) > can.evidence.most_bytes or case.pages > can.evidence.most_pages:
        raise EvidenceTooLarge
    if stamp_case(case) != seen:
        raise EvidenceChanged
    return _add(dispute, AnswerKind.EVIDENCE, now=now, by=by, text=words, facts=case.describe(), paper=case.paper)


@write_transaction()
def accept_dispute(*, payment_id: int, dispute_id: int, now: datetime, by: Actor) -> int:
    """Let a worker tell the bank that the customer may keep the money, for good; return the answer's id.

    Raises:
        StatusForbids: The state of the business allows no steps.
        DisputeNotFound: The payment has no such dispute.
        DisputeNotOpen, DisputeLate, DisputeAnswered: The bank takes no answer (any more), or somebody was faster.
        DisputeOnlyAsked: The bank has taken nothing.
    """
    check_step(by)
    dispute = _lock_open(payment_id, dispute_id, now=now)
    if not dispute.taken_minor:
        raise DisputeOnlyAsked
    return _add(dispute, AnswerKind.ACCEPTANCE, now=now, by=by)


def stamp_case(case: CaseFile) -> str:
    """Return a word that is another one as soon as anything else would be sent."""
    return sha256(repr(sorted(case.describe().items())).encode() + case.paper).hexdigest()


def _lock_open(payment_id: int, dispute_id: int, *, now: datetime) -> Dispute:
    """Return a dispute that waits for an answer; its payment is locked."""
    payment = Payment.objects.select_for_update().filter(pk=payment_id).first()
    dispute = None if payment is None else payment.disputes.filter(pk=dispute_id).first()
    if payment is None or dispute is None:
        raise DisputeNotFound
    dispute.payment = payment
    if DisputeAnswer.objects.filter(dispute=dispute, state__in=LIVE_ANSWERS).exists():
        raise DisputeAnswered
    if dispute.state != DisputeState.OPEN:
        raise DisputeNotOpen(state=DisputeState(dispute.state).label)
    if dispute.answer_by is not None and dispute.answer_by <= now:
        raise DisputeLate
    return dispute


def _add(dispute: Dispute, kind: AnswerKind, *, now: datetime, by: Actor, **said: object) -> int:
    answer = DisputeAnswer.objects.create(dispute=dispute, kind=kind, asked_at=now, asked_by_id=by.user_id, **said)
    add_due_work(kind=ANSWER_KIND, row_id=answer.pk, due_at=now, now=now, urgency=Urgency.SOON, lane=LANE)
    return answer.pk


def send_answer(answer_id: int, now: datetime) -> None:
    """Give an answer to the provider; the handler of due work. Again changes nothing.

    Raises:
        RetryLater: The provider does not answer.
    """
    answer = _begin(answer_id, now=now)
    if answer is None:
        return
    dispute = answer.dispute
    account = make_door_account(dispute.payment.provider_account_id)
    try:
        found = _send(get_card_door(), account, answer)
    except Unavailable as error:
        raise RetryLater(at=now + AGAIN) from error
    except AnswerRefused:
        _refuse(answer_id, AnswerFailure.ELSEWHERE, now=now)
    except (AccountUnusable, CallRefused, PaymentUnknown):
        is_late = dispute.answer_by is not None and dispute.answer_by <= now
        _refuse(answer_id, AnswerFailure.LATE if is_late else AnswerFailure.REFUSED, now=now)
    else:
        _settle(answer_id, now=now)
        note_dispute(dispute.payment_id, found, now=now)


def _send(door: Door, account: DoorAccount, answer: DisputeAnswer) -> DisputeFacts:
    dispute_id = answer.dispute.provider_dispute_id
    if answer.kind == AnswerKind.ACCEPTANCE:
        return door.accept_dispute(account, dispute_id, key=make_key("accept", answer.pk))
    file_id = answer.provider_file_id
    if not file_id:
        if answer.paper is None:  # its customer was erased meanwhile
            raise CallRefused
        file_id = door.upload_evidence(account, bytes(answer.paper), key=make_key("evidence_file", answer.pk))
        _note_file(answer.pk, file_id)
    told = Told(file_id=file_id, text=answer.text, **answer.facts)
    return door.answer_dispute(account, dispute_id, told, key=make_key("evidence", answer.pk))


@write_transaction()
def _begin(answer_id: int, *, now: datetime) -> DisputeAnswer | None:
    """Return an answer that the provider is to get, and mark that it may have it from now on."""
    answer = _lock(answer_id)
    if answer is None:
        return None
    if answer.tried_at is None:
        answer.tried_at = now
        answer.save(update_fields=["tried_at"])
    return answer


@write_transaction()
def _note_file(answer_id: int, file_id: str) -> None:
    """Note that the provider has the PDF; it need not stay here."""
    answer = _lock(answer_id)
    if answer is not None:
        answer.provider_file_id, answer.paper = file_id, None
        answer.save(update_fields=["provider_file_id", "paper"])


@write_transaction()
def _settle(answer_id: int, *, now: datetime) -> None:
    """Note that the bank has an answer."""
    answer = _lock(answer_id)
    if answer is not None:
        _end(answer, AnswerState.SENT, now=now)


@write_transaction()
def _refuse(answer_id: int, failure: AnswerFailure, *, now: datetime) -> None:
    """Note that the bank takes an answer not, and tell people while there may be time for another one."""
    answer = _lock(answer_id)
    if answer is None:
        return
    answer.failure = failure
    _end(answer, AnswerState.REFUSED, now=now)
    payment = answer.dispute.payment
    payload = {"booking_id": payment.booking_id, "dispute_id": answer.dispute_id, "failure": failure.value}
    publish(kind="payment.dispute_answer_failed", subject_id=payment.pk, payload=payload, now=now)


def _end(answer: DisputeAnswer, state: AnswerState, *, now: datetime) -> None:
    """End with an answer; what it held of people is at the bank, or will be made anew."""
    answer.state, answer.done_at, answer.paper, answer.facts = state, now, None, {}
    answer.save()


def _lock(answer_id: int) -> DisputeAnswer | None:
    """Return an answer that is on its way, whose payment is locked."""
    found = DisputeAnswer.objects.filter(pk=answer_id, state=AnswerState.ASKED)
    payment_id = found.values_list("dispute__payment_id", flat=True).first()
    if payment_id is None:
        return None
    Payment.objects.select_for_update().get(pk=payment_id)
    return found.select_related("dispute__payment").first()
