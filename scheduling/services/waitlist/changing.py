"""What staff puts right on the waitlist: when somebody can come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from database.transactions import write_transaction
from scheduling.enums import WaitlistStep
from scheduling.errors.waitlist import EntryEnded, WaitlistEntryNotFound
from scheduling.models import WaitlistEntry
from scheduling.policies import check_step
from scheduling.selectors.waitlist.entries import read_wished
from scheduling.services.waitlist.joining import check_wished
from scheduling.services.waitlist.queue import note, wake_queue
from scheduling.services.writing.inputs import local_today
from scheduling.types import Actor

CHANGEABLE = ("from_on", "to_on", "weekdays", "from_minute", "to_minute", "shortest_notice_minutes")


@write_transaction()
def change_dates(*, entry_id: int, changes: Mapping[str, Any], by: Actor, now: datetime) -> bool:
    """Say when somebody who waits can come from now on, and tell whether anything changed; their place stays.

    ``changes`` has what changes of `CHANGEABLE`. A time that is kept for them stays theirs until they answer.

    Raises:
        StatusForbids: Staff takes no steps in this state of the business.
        WaitlistEntryNotFound: There is no such entry.
        EntryEnded: They wait no longer.
        RequestInvalid: Dates, hours or notice make no sense, by field.
    """
    check_step(by)
    entry = WaitlistEntry.objects.select_for_update().filter(pk=entry_id).first()
    if entry is None:
        raise WaitlistEntryNotFound
    if entry.ended_at is not None:
        raise EntryEnded
    before = read_wished(entry)
    wished = replace(before, **{name: changes[name] for name in CHANGEABLE if name in changes})
    wished = replace(wished, weekdays=tuple(sorted(set(wished.weekdays))))
    if wished == before:
        return False
    check_wished(wished, today=local_today(now))
    for name in CHANGEABLE:
        setattr(entry, name, getattr(wished, name))
    entry.weekdays = list(wished.weekdays)
    note(entry, WaitlistStep.CHANGED, now=now, by=by)
    entry.save(update_fields=[*CHANGEABLE, "log"])
    wake_queue(now=now)
    return True
