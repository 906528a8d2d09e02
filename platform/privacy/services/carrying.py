"""Carrying out what was agreed to, where the program can do it: erasing, or blocking where the law has that first."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext

from database.transactions import LostRace, run_write
from kernel.formats import get_formats
from kernel.law.persons import find_blocking_end, find_privacy_law
from kernel.text import mark
from privacy.enums import RequestRight, RequestState, RequestStep
from privacy.errors import CompanyUnconfirmed, ErasingHindered, NotAgreed, PersonErased, PersonUnknown
from privacy.models import PersonRequest
from privacy.selectors.keeping import list_kept
from privacy.services.blocking.sealing import KIND as BLOCKED_KIND
from privacy.services.deciding import end_done
from privacy.services.forgetting import DUE_KIND, LOOK_AGAIN
from privacy.services.places import get_place_of
from privacy.services.steps import lock_request, note_step
from privacy.services.telling import tell_farewell
from scheduling.selectors.customers.persons import get_person
from scheduling.services.erasing import KIND, lock_persons
from scheduling.types import Actor
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import check_business_may
from tenants.services.due_work import add_due_work
from tenants.services.erasures.erasing import erase

BLOCKED = mark(
    "Your data is blocked: nobody at the business sees or uses it. The law has it kept for judges and authorities alone"
    " until %(day)s; then it is destroyed."
)
ERASED = mark("What we kept about you is erased. Amounts and days of payments stay, without your name.")


def carry_out_erasure(*, request_id: int, is_company_meant: bool = False, by: Actor, now: datetime) -> None:
    """Erase whoever asked for it, for good, and end the request; where the law has that first, block them.

    Whoever asked is told at the contact that they gave; that message is emptied once it was sent (`forgetting`).

    Raises:
        StatusForbids: The business is not ready yet.
        PersonRequestNotFound, PersonRequestEnded: There is none that waits.
        NotAgreed: It asks for something else, or was not agreed to.
        PersonUnknown: It is not known whose data it is about.
        PersonErased: Somebody was faster.
        CompanyUnconfirmed: It is a company, and nobody said that all of its people are meant.
        ErasingHindered: Something has to end first.
    """
    check_business_may(Ability.OWNER_READ, is_staff=True)

    def work(*, is_pessimistic: bool) -> None:  # noqa: ARG001 - everything is locked in any case
        _carry_out(request_id, is_company_meant=is_company_meant, by=by, now=now)

    run_write(work)


def _carry_out(request_id: int, *, is_company_meant: bool, by: Actor, now: datetime) -> None:
    # Visits and the record before the request, as those who merge: what hinders stays as it is until all is erased.
    whose = PersonRequest.objects.filter(pk=request_id).values_list("customer_id", flat=True).first()
    if whose is not None:
        lock_persons([whose])
    request = lock_request(request_id)
    if request.customer_id != whose:
        raise LostRace
    if request.state != RequestState.GRANTED or request.right != RequestRight.ERASURE:
        raise NotAgreed
    customer_id = _check_erasable(request, is_company_meant=is_company_meant, now=now)
    is_blocked = find_privacy_law(request.law_country).blocks_first
    words, contact = _say_done(request, is_blocked=is_blocked, now=now), request.contact
    note_step(request, RequestStep.BLOCKED if is_blocked else RequestStep.ERASED, at=now, by_id=by.user_id)
    end_done(request, words, by=by, now=now)
    erase(kind=BLOCKED_KIND if is_blocked else KIND, row_ids=[customer_id], now=now)
    if contact:
        tell_farewell(request, contact=contact, words=words, is_blocked=is_blocked, now=now)
        add_due_work(kind=DUE_KIND, row_id=request.pk, due_at=now + LOOK_AGAIN, now=now)


def _say_done(request: PersonRequest, *, is_blocked: bool, now: datetime) -> str:
    with translation.override(request.locale):
        if not is_blocked:
            return gettext(ERASED)
        until = find_blocking_end(blocked_at=now, place=get_place_of(request)).last_on
        day = get_formats(request.locale, current_tenant().country).format_date_long(until)
        return gettext(BLOCKED) % {"day": day}


def _check_erasable(request: PersonRequest, *, is_company_meant: bool, now: datetime) -> int:
    """Return the customer whom nothing keeps from being erased."""
    if request.customer_id is None:
        raise PersonUnknown
    person = get_person(customer_id=request.customer_id)
    if person.is_erased:
        raise PersonErased
    if person.is_company and not is_company_meant:
        raise CompanyUnconfirmed
    kept = list_kept(customer_id=person.id, now=now)
    kinds = tuple(each.kind.value for each in kept if each.is_hindrance)
    if kinds:
        raise ErasingHindered(kinds=kinds)
    return person.id
