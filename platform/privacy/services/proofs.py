"""Taking back that somebody was checked: what was checked for one record says nothing of another one."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kernel.law.persons import Right, find_deadlines
from privacy.enums import OPEN_STATES, RequestState, RequestStep
from privacy.models import PersonRequest, PersonRequestStep
from privacy.services.places import get_place_of
from privacy.services.warning import DUE_KIND, find_warning
from tenants.services.due_work import plan_due_work


def list_proven(customer_ids: Collection[int]) -> list[int]:
    """Lock and return the requests of these customers that wait, and of which it is known who asks; in order."""
    found = PersonRequest.objects.filter(customer_id__in=customer_ids, state__in=OPEN_STATES)
    return list(found.exclude(identity_at=None).select_for_update().order_by("pk").values_list("pk", flat=True))


def take_back_proof(request: PersonRequest) -> None:
    """Let it be open again who asks, and what is decided; the time for answering runs as before. Not saved here."""
    request.identity_check, request.identity_at, request.identity_by_id = "", None, None
    if request.state != RequestState.GRANTED:
        return
    request.state, request.answered_at, request.answered_by_id = RequestState.ASKED, None, None
    found = find_deadlines(Right(request.right), asked_at=request.asked_at, place=get_place_of(request))
    deadline = found.answer if request.extended_at is None else found.longest
    request.carry_out_on, request.due_at, request.warned_at = None, deadline.ends_at, None


def take_back_proofs(ids: Iterable[int]) -> None:
    """Do so with requests that are locked; nobody is told."""
    for request in PersonRequest.objects.filter(pk__in=list(ids)).order_by("pk"):
        take_back_proof(request)
        request.save()
        plan_due_work(kind=DUE_KIND, row_ids=[request.pk], due_at=find_warning(request))


def give_back_proofs(ids: Iterable[int], *, customer_ids: Collection[int]) -> None:
    """Give requests back that somebody was checked, as their steps say; what was done with them since, stays.

    Only those that are still of these customers, and were of nobody else since the check: it was not made for others.

    Whoever agreed to one decides once more: what it was agreed to was seen together with the other record.
    """
    untouched = PersonRequest.objects.filter(
        pk__in=list(ids), customer_id__in=customer_ids, state=RequestState.ASKED, identity_at=None
    )
    for request in untouched.select_for_update().order_by("pk"):
        # Before there was a step of its own, whoever said whose request it is left another one of asking.
        told = (RequestStep.ASKED, RequestStep.CHOSEN, RequestStep.IDENTIFIED)
        last = PersonRequestStep.objects.filter(request=request, step__in=told).order_by("pk").last()
        if last is not None and last.step == RequestStep.IDENTIFIED:
            request.identity_check, request.identity_at, request.identity_by_id = last.note, last.at, last.by_id
            request.save(update_fields=["identity_check", "identity_at", "identity_by"])
