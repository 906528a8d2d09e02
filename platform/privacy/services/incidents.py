"""What a business does about an incident: write it down, assess it, tell whom the law names, close it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from database.transactions import write_transaction
from kernel.law.persons import Told
from kernel.text import mark
from privacy.enums import IncidentState, IncidentStep
from privacy.errors import IncidentClosed, IncidentNotFound, IncidentUnassessed, ToldAlready
from privacy.models import Incident, IncidentLogLine
from privacy.selectors.incidents import list_reachable_tables
from privacy.services.places import find_place
from privacy.types import LONGEST_REASON
from scheduling.errors import RequestInvalid
from scheduling.services.aftercare.feedback import clean_words, read_words
from scheduling.types import Actor
from tenants.enums import Ability
from tenants.policies import check_business_may

LONGEST_TITLE, LONGEST_STORY = 120, 4000
MISSING = mark("Write what happened.")
FUTURE = mark("This lies in the future.")
BACKWARDS = mark("It ended before it began.")
UNKNOWN_YET = mark("You cannot have known of it before it began.")
NO_TABLES = mark("Choose at least one kind of data.")
STEPS = {Told.AUTHORITY: IncidentStep.AUTHORITY_TOLD, Told.PERSONS: IncidentStep.PERSONS_TOLD}


@dataclass(frozen=True, slots=True)
class RecordedIncident:
    """What somebody writes down of an incident; instants are aware.

    Attributes:
        tables: Which tables it reached, as `privacy.selectors.incidents.list_reachable_tables` names them.
        ended_at: When it was over; of one that goes on, now.
    """

    title: str
    story: str
    began_at: datetime
    ended_at: datetime
    known_at: datetime
    tables: tuple[str, ...]


@write_transaction()
def record_incident(*, recorded: RecordedIncident, by: Actor, now: datetime) -> int:
    """Write an incident down; its clocks run from when it became known. Return its number.

    It can be written down in every state of the business: the duty does not end with a subscription.

    Raises:
        StatusForbids: The business is not ready yet.
        RequestInvalid: Something is missing or wrong; ``errors`` says what.
    """
    check_business_may(Ability.OWNER_READ, is_staff=True)
    errors: dict[str, tuple[str, ...]] = {}
    title = " ".join(clean_words(recorded.title, field="title", longest=LONGEST_TITLE, errors=errors).split())
    story = clean_words(recorded.story, field="story", longest=LONGEST_STORY, errors=errors)
    for field, words in (("title", title), ("story", story)):
        if not words and field not in errors:
            errors[field] = (MISSING,)
    for field in ("began_at", "ended_at", "known_at"):
        if getattr(recorded, field) > now:
            errors[field] = (FUTURE,)
    if recorded.ended_at < recorded.began_at:
        errors.setdefault("ended_at", (BACKWARDS,))
    if recorded.known_at < recorded.began_at:
        errors.setdefault("known_at", (UNKNOWN_YET,))
    known = {model for model, _ in list_reachable_tables()}
    if not recorded.tables or set(recorded.tables) - known:
        errors["tables"] = (NO_TABLES,)
    if errors:
        raise RequestInvalid(errors=errors)
    place = find_place()
    row = Incident.objects.create(
        title=title,
        story=story,
        tables=sorted(set(recorded.tables)),
        began_at=recorded.began_at,
        ended_at=recorded.ended_at,
        known_at=recorded.known_at,
        recorded_at=now,
        recorded_by_id=by.user_id,
        law_country=place.country,
        law_region=place.region,
        timezone=place.timezone,
    )
    _note(row, IncidentStep.RECORDED, by=by, now=now)
    return int(row.pk)


@write_transaction()
def assess_incident(*, incident_id: int, is_risky: bool, note: str, by: Actor, now: datetime) -> None:
    """Say whether there is a risk for people, and why; it can be said anew until the incident is closed.

    Raises:
        StatusForbids: The business is not ready yet.
        IncidentNotFound, IncidentClosed: There is none that is open.
        RequestInvalid: The reason is missing or too long.
    """
    check_business_may(Ability.OWNER_READ, is_staff=True)
    words = read_words(note, field="note", longest=LONGEST_REASON)
    row = _lock(incident_id)
    row.is_risky, row.state = is_risky, IncidentState.ASSESSED
    row.save(update_fields=["is_risky", "state"])
    _note(row, IncidentStep.ASSESSED, by=by, now=now, note=words)


@write_transaction()
def note_told(*, incident_id: int, to: Told, note: str, by: Actor, now: datetime) -> None:
    """Write down that the authority or the people were told, and how.

    Raises:
        StatusForbids, IncidentNotFound, IncidentClosed, RequestInvalid: As `assess_incident`.
        ToldAlready: That is written down.
    """
    check_business_may(Ability.OWNER_READ, is_staff=True)
    words = read_words(note, field="note", longest=LONGEST_REASON)
    row = _lock(incident_id)
    column = "authority_told_at" if to is Told.AUTHORITY else "persons_told_at"
    if getattr(row, column) is not None:
        raise ToldAlready
    setattr(row, column, now)
    row.save(update_fields=[column])
    _note(row, STEPS[to], by=by, now=now, note=words)


@write_transaction()
def close_incident(*, incident_id: int, note: str, by: Actor, now: datetime) -> None:
    """Close an incident that was assessed: nothing is added any more.

    Raises:
        StatusForbids, IncidentNotFound, IncidentClosed, RequestInvalid: As `assess_incident`.
        IncidentUnassessed: Nobody has assessed it.
    """
    check_business_may(Ability.OWNER_READ, is_staff=True)
    words = read_words(note, field="note", longest=LONGEST_REASON)
    row = _lock(incident_id)
    if row.state != IncidentState.ASSESSED:
        raise IncidentUnassessed
    row.state, row.closed_at = IncidentState.CLOSED, now
    row.save(update_fields=["state", "closed_at"])
    _note(row, IncidentStep.CLOSED, by=by, now=now, note=words)


def _lock(incident_id: int) -> Incident:
    row = Incident.objects.select_for_update().filter(pk=incident_id).first()
    if row is None:
        raise IncidentNotFound
    if row.state == IncidentState.CLOSED:
        raise IncidentClosed
    return row


def _note(row: Incident, step: IncidentStep, *, by: Actor, now: datetime, note: str = "") -> None:
    IncidentLogLine.objects.create(incident=row, step=step, at=now, by_id=by.user_id, note=note)
