"""Looking at domains again and again: every five minutes for a day after something was done, then once a day.

A domain that answers is looked at every hour: for up to that long, links may name one that no longer leads here.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from outgoing.errors import CallFailed
from tenants.enums import AddressEvent, DomainState, Lack, Urgency
from tenants.errors import DomainTaken
from tenants.models import OwnDomain, Tenant
from tenants.services.addresses.answering import CHECK_KIND, note, start_answering, stop_answering, wake_holder
from tenants.services.addresses.looks import Look, look_at
from tenants.services.due_work import add_due_work

LANE = "names"
"""Slow name servers take one worker, never all."""
SOON, BELIEVED, RARELY = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)
EAGER = timedelta(hours=24)
MOST_ADDRESSES = 6
PATIENCE = timedelta(days=3)
"""How long a verified domain is believed in about which no name server says anything: it may be theirs that is down."""

logger = logging.getLogger(__name__)


def plan_check(own: OwnDomain, *, due_at: datetime, now: datetime, urgency: Urgency = Urgency.LATER) -> None:
    """Have a domain looked at by a worker; a look that was planned before gets the new time."""
    add_due_work(kind=CHECK_KIND, row_id=own.pk, due_at=due_at, now=now, urgency=urgency, lane=LANE)


def check_domain(row_id: int, now: datetime) -> None:
    """Look at a domain and let it answer, or not any more (handler of due work); safe to run twice.

    Name servers are asked outside of any transaction; a domain that was changed meanwhile is left alone.
    """
    asked = OwnDomain.objects.filter(pk=row_id).first()
    if asked is None:
        return
    look: Look | None = None
    try:
        look = look_at(asked.name, token=asked.token)
    except CallFailed as error:
        logger.info("domain_unanswered", extra={"reason": error.reason})
    with transaction.atomic():
        # The business first, as whoever changes its addresses does: who locks in one order never waits in a circle.
        tenant = Tenant.objects.select_for_update().get(pk=asked.tenant_id)
        own = OwnDomain.objects.select_for_update().filter(pk=row_id, name=asked.name, token=asked.token).first()
        if own is not None:
            own.tenant = tenant
            _take(own, look, now)
            pause = _find_pause(own, is_answered=look is not None, now=now)
            # Somebody asked for the next look while this one was under way: that one is not put off.
            plan_check(own, due_at=own.asked_at if own.asked_at > now else now + pause, now=now)


def _take(own: OwnDomain, look: Look | None, now: datetime) -> None:
    """Write down what was found, and do what follows from it."""
    own.checked_at = now
    is_believed = own.state == DomainState.VERIFIED
    if look is None:
        is_late = own.answered_at is not None and now - own.answered_at >= PATIENCE
        if is_believed and is_late:
            own.has_proof, own.is_pointed, own.points_to = False, False, ""
            _fall(own, Lack.ANSWER, now)
        else:
            own.save()
        return
    own.answered_at = now
    own.has_proof, own.is_pointed, own.points_to = look.has_proof, look.is_pointed, look.points_to
    if look.our_addresses:
        own.our_addresses = ",".join(look.our_addresses[:MOST_ADDRESSES])
    own.is_taken = False
    if look.is_good and not is_believed:
        _verify(own, now)
    elif is_believed and not look.is_good:
        _fall(own, Lack.PROOF if look.is_pointed else Lack.LEAD, now)
    else:
        own.save()


def _verify(own: OwnDomain, now: datetime) -> None:
    before = own.state, own.state_since
    own.state, own.state_since = DomainState.VERIFIED, now
    try:
        with transaction.atomic():
            own.save()
            start_answering(own.tenant, own.name)
    except (IntegrityError, DomainTaken):
        # Another business was first, or still has it: the database decides, and that one is looked at again.
        own.state, own.state_since = before
        own.is_taken = True
        own.save()
        wake_holder(own.name, but=own.tenant_id, now=now)
        return
    note(AddressEvent.VERIFIED, own.tenant, new=own.name, now=now)


def _fall(own: OwnDomain, lack: Lack, now: datetime) -> None:
    own.state, own.state_since = DomainState.FALLEN, now
    own.save()
    stop_answering(own.tenant, own.name)
    note(AddressEvent.FALLEN, own.tenant, old=own.name, now=now, lack=lack, points_to=own.points_to)


def _find_pause(own: OwnDomain, *, is_answered: bool, now: datetime) -> timedelta:
    if own.state == DomainState.VERIFIED:
        return BELIEVED if is_answered else SOON
    return SOON if now - max(own.state_since, own.asked_at) < EAGER else RARELY
