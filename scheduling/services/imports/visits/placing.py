"""Where visits of a file would go: what is here already, and what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from kernel.errors import Invalid, NotFound
from kernel.identity.keys import make_key
from kernel.instants import to_minutes
from kernel.text import mark
from scheduling.engine import ReasonCode
from scheduling.enums import RowOutcome
from scheduling.errors import CustomerInvalid, ResourceNotFound
from scheduling.models import Asset, AssetMark, Booking, Customer, ImportRow
from scheduling.selectors.availability.explanations import FOR_CUSTOMERS, SENTENCES
from scheduling.services.bookings.imports import AgreedVisit, plan_visit
from scheduling.services.imports.columns import LENGTH, SERVICE, WORKER
from scheduling.services.imports.visits.reading import VisitDraft
from scheduling.services.writing.customers import Known, find_known
from scheduling.services.writing.placement import Asked, list_obstacles
from scheduling.types import ReasonView
from scheduling.types.imports.options import ClashRule, Told, VisitOptions
from scheduling.types.imports.rows import Fault

UNABLE = mark("This person or resource does not do this service.")
NOT_OFFERED = mark("This cannot be booked so: look at how the service is set up.")
LENGTH_KEPT = mark("The service cannot last that long: it is booked with %(minutes)s minutes.")
TWICE = mark("The same visit stands in line %(line)s as well; nothing is made twice.")
OVERLAPS = mark("%(name)s has line %(line)s of this file at the same time.")
MARK = "mark"
"""Under this name a row keeps by what its visit is found again."""


def agree_on_visit(draft: VisitDraft, options: VisitOptions) -> AgreedVisit:
    """Return a row without errors as a visit that was agreed elsewhere."""
    details = draft.describe(wants_reminders=options.told != Told.NOTHING)
    known = Known() if draft.draft.values else _find_bare(draft)
    return AgreedVisit(draft.request, details, draft.minutes, known)


def make_mark(draft: VisitDraft) -> str:
    """Return by what the visit of a row is found again, in any file."""
    return sha256(draft.key.encode()).hexdigest()[:32]


def find_same(drafts: Sequence[VisitDraft]) -> dict[str, int | None]:
    """Return by their marks which visits are here already, and whose: brought in before, or booked as anybody books.

    What was brought in before counts whatever became of it since: who moved or cancelled it meant that. Two statements.
    """
    marks = {make_mark(each): each for each in drafts}
    rows = ImportRow.objects.filter(outcome=RowOutcome.CREATED, undo="", done__mark__in=list(marks))
    found: dict[str, int | None] = dict(rows.values_list("done__mark", "customer_id"))
    starts = {each.starts_at for each in drafts if each.starts_at is not None}
    booked = Booking.objects.filter(starts_at__in=starts, is_active=True).values_list(
        "starts_at",
        "service_id",
        "customer_name",
        "customer_phone",
        "customer_email",
        "asset__identifier",
        "customer_id",
    )
    there = [(*row[:2], make_key(row[2]), {*row[3:5]} - {""}, make_key(row[5] or ""), row[6]) for row in booked]
    for name, each in marks.items():
        plate = make_key(each.draft.named.identifier)
        for starts_at, service_id, name_key, contacts, identifier, customer_id in there:
            is_same = (starts_at, service_id, name_key) == (each.starts_at, each.service_id, each.draft.name_key)
            told = contacts & set(each.draft.values) or not (contacts and each.draft.values)
            if is_same and told and (not plate or not identifier or plate == identifier):
                found.setdefault(name, customer_id)
    return found


class Checker:
    """Looks at the visits of one file one after the other."""

    def __init__(self, options: VisitOptions, *, now: datetime) -> None:
        self._options, self._now = options, now
        self._lines: dict[str, int] = {}
        self._taken: dict[int, list[tuple[int, int, int]]] = {}

    def check(self, draft: VisitDraft, same: dict[str, int | None]) -> tuple[RowOutcome, list[Fault], int | None]:
        """Return what a row would come to, what is wrong or odd about it, and whose it is, if they are here."""
        faults = list(draft.faults)
        if any(each.is_error for each in faults):
            return RowOutcome.REFUSED, faults, None
        name = make_mark(draft)
        if name in same:
            return RowOutcome.SAME, faults, same[name]
        first = self._lines.setdefault(name, draft.number)
        if first != draft.number:
            return RowOutcome.SAME, [*faults, Fault("", TWICE, {"line": str(first)}, is_error=False)], None
        visit = agree_on_visit(draft, self._options)
        try:
            asked, clean = plan_visit(visit, now=self._now)
        except (Invalid, NotFound) as error:
            return RowOutcome.REFUSED, [*faults, *explain_failure(error)], None
        known = find_known(clean) if draft.draft.values else visit.known
        faults += note_length(asked, draft.minutes)
        faults += self._find_clashes(draft, asked)
        is_refused = any(each.is_error for each in faults)
        return RowOutcome.REFUSED if is_refused else RowOutcome.CREATED, faults, known.customer_id

    def _find_clashes(self, draft: VisitDraft, asked: Asked) -> list[Fault]:
        is_error = self._options.clashes == ClashRule.LEAVE
        faults = describe_obstacles(draft, list_obstacles(asked), is_error=is_error)
        resource_id = draft.resource_id
        if resource_id is None or draft.starts_at is None:
            return faults
        row = asked.plan.timetables.resources.get(resource_id)
        visit = next(iter(asked.plan.visits.values()))
        start = to_minutes(draft.starts_at)
        end = start + visit.duration_minutes
        taken = self._taken.setdefault(resource_id, [])
        meets = [line for first, last, line in taken if first < end and start < last]
        if row is not None and len(meets) >= row.capacity and visit.seats is None:
            name = asked.plan.timetables.rows[resource_id].name
            faults.append(Fault(draft.dated_by, OVERLAPS, {"name": name, "line": str(meets[0])}, is_error=is_error))
        if not any(each.is_error for each in faults):
            taken.append((start, end, draft.number))
        return faults


def describe_obstacles(draft: VisitDraft, reasons: Sequence[ReasonView], *, is_error: bool) -> list[Fault]:
    """Return what stands in the way of a visit, each cause once; by name where somebody is named."""
    found: dict[str, Fault] = {}
    for each in reasons:
        code = ReasonCode(each.code)
        text = SENTENCES[code] if draft.resource_id and each.resource_name else FOR_CUSTOMERS.get(code, SENTENCES[code])
        params = {"name": each.resource_name} if "%(name)s" in text else {}
        found.setdefault(text, Fault(draft.dated_by, text, params, is_error=is_error))
    return list(found.values())


def note_length(asked: Asked, minutes: int | None) -> list[Fault]:
    """Tell when a visit cannot last as long as the row says."""
    visit = next(iter(asked.plan.visits.values()))
    if minutes is None or visit.duration_minutes == minutes:
        return []
    return [Fault(LENGTH, LENGTH_KEPT, {"minutes": str(visit.duration_minutes)}, is_error=False)]


def explain_failure(error: Exception) -> list[Fault]:
    """Return why a visit cannot be booked at all."""
    if isinstance(error, CustomerInvalid):
        return [Fault(field, text) for field, texts in error.errors.items() for text in texts]
    if isinstance(error, ResourceNotFound):
        return [Fault(WORKER, UNABLE)]
    return [Fault(SERVICE, NOT_OFFERED)]


def _find_bare(draft: VisitDraft) -> Known:
    """Return who is meant by a row without a contact: whoever of that name has the plate, or else nothing known."""
    people = Customer.objects.filter(name_key=draft.draft.name_key, erased_at=None, is_sample=False)
    marks = draft.draft.named.marks
    if marks:
        found = (
            AssetMark.objects.filter(mark__in=marks, owner__in=people)
            .order_by("pk")
            .values_list("owner_id", "asset_id")
        ).first()
        return Known(*found) if found else Known()
    customer = people.filter(contacts=None).order_by("pk").first()
    if customer is None:
        return Known()
    if not draft.draft.fields:
        return Known(customer.pk)
    assets = Asset.objects.filter(owner=customer, label_key=make_key(draft.draft.named.label)).order_by("pk")
    return Known(customer.pk, assets.values_list("pk", flat=True).first())
