"""The file that somebody takes along: made by a worker, kept for a week, opened by their link or handed over.

It has a page to read, a document for programs, and each table as CSV: what rooms say is about the person
(`tenants.services.erasures.persons`), and the pictures of their visits.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from database.transactions import write_transaction
from files.errors import FileUnknown
from files.selectors.files import read_of_owner
from kernel.formats import Formats, get_formats
from kernel.lines import disarm
from kernel.text import mark
from privacy.enums import RequestRight, RequestState, RequestStep
from privacy.errors import ExportGone, NotAgreed, PersonErased, PersonUnknown
from privacy.models import PersonExport, PersonRequest
from privacy.selectors.labels import LABELS
from privacy.services.deciding import end_done
from privacy.services.steps import lock_request, note_step
from scheduling.selectors.bookings.photos import list_visit_photos
from scheduling.selectors.customers.persons import PersonFacts, find_shared, get_person
from scheduling.services.person_rows import find_person_keys
from scheduling.services.photos import VISIT_PHOTO, WORK_PHOTO
from scheduling.types import SYSTEM, Actor
from tenants.context import current_tenant
from tenants.enums import Ability, Urgency
from tenants.hooks import ExportRule, register_due_handler, register_export_rules
from tenants.policies import check_business_may
from tenants.services.due_work import add_due_work
from tenants.services.erasures.persons import PersonKeys, list_columns, list_person_tables, read_rows

MAKE_KIND, END_KIND = "person_export", "person_export_end"
LIFE = timedelta(days=7)
FORMAT = "turnero-person-1"
GIVEN = (RequestRight.ACCESS, RequestRight.PORTABILITY)
PHOTO_WIDTH = 1600
READY = mark("Your file is ready. You can download it with the link until %(time)s.")
TO_HAND_OVER = mark("Your file is ready. The business hands it over to you.")

Rows = Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class PersonFile:
    """A file that was made; ``content`` is a ZIP."""

    name: str
    content: bytes


def register() -> None:
    """Do due work of the kinds that asking for a file leaves; leave these rows out of copies of the business."""
    register_due_handler(MAKE_KIND, make_export, takes_long=True)
    register_due_handler(END_KIND, end_export)
    register_export_rules([ExportRule("privacy.PersonExport", left_out="its file is taken along within a week")])


@write_transaction()
def ask_for_export(*, request_id: int, by: Actor, now: datetime) -> None:
    """Let a worker make the file of a request that was agreed to; it ends the request, and whoever asked is told.

    Raises:
        StatusForbids: The business is not ready yet.
        PersonRequestNotFound, PersonRequestEnded: There is none that waits.
        NotAgreed: It asks for something else, or was not agreed to.
        PersonUnknown: It is not known whose data it is about.
        PersonErased: Nothing is kept any more.
    """
    check_business_may(Ability.OWNER_READ, is_staff=True)
    request = lock_request(request_id)
    _check_givable(request)
    note_step(request, RequestStep.EXPORTED, at=now, by_id=by.user_id)
    add_due_work(kind=MAKE_KIND, row_id=request.pk, due_at=now, now=now, urgency=Urgency.SOON)


@write_transaction()
def make_export(row_id: int, now: datetime) -> None:
    """Make the file, and end the request (handler of due work); of one that ended, or was erased, nothing is made."""
    request = PersonRequest.objects.select_for_update().filter(pk=row_id, ended_at=None).first()
    if request is None or request.state != RequestState.GRANTED or request.customer_id is None:
        return
    person = get_person(customer_id=request.customer_id)
    if person.is_erased:
        return
    content = build_archive(customer_id=person.id, locale=request.locale, now=now)
    is_public = _may_be_sent(request, person)
    PersonExport.objects.update_or_create(
        request=request,
        defaults={
            "content": content,
            "sha256": sha256(content).hexdigest(),
            "is_public": is_public,
            "made_at": now,
            "ends_at": now + LIFE,
        },
    )
    add_due_work(kind=END_KIND, row_id=request.pk, due_at=now + LIFE, now=now)
    with translation.override(request.locale):
        until = _get_formats(request.locale).format_date_time(now + LIFE, request.timezone, now=request.asked_at)
        words = gettext(READY) % {"time": until} if is_public else gettext(TO_HAND_OVER)
    end_done(request, words, by=SYSTEM, now=now)


@write_transaction()
def take_file(*, request_id: int, by: Actor, now: datetime) -> PersonFile:
    """Return the file for somebody of the business who hands it over; that is written down.

    Raises:
        PersonRequestNotFound: There is no such request.
        ExportGone: There is no file, or its time is over.
    """
    check_business_may(Ability.OWNER_READ, is_staff=True)
    return _take(lock_request(request_id, is_open=False), by_id=by.user_id, now=now)


@write_transaction()
def take_own_file(*, request_id: int, now: datetime) -> PersonFile:
    """Return the file for whoever has the link of the request; that is written down.

    Raises:
        PersonRequestNotFound, ExportGone: As `take_file`; or the link does not open it.
    """
    request = lock_request(request_id, is_open=False)
    if not PersonExport.objects.filter(request=request, is_public=True).exists():
        raise ExportGone
    return _take(request, by_id=None, now=now)


def end_export(row_id: int, now: datetime) -> None:
    """Remove a file whose time is over (handler of due work)."""
    PersonExport.objects.filter(request_id=row_id, ends_at__lte=now).delete()


def build_archive(*, customer_id: int, locale: str, now: datetime) -> bytes:
    """Return everything that the business keeps about the person of a record, as a ZIP."""
    keys, formats = find_person_keys(customer_id=customer_id), _get_formats(locale)
    with translation.override(locale):
        tables = [(table, list_columns(table), read_rows(table, keys)) for table in list_person_tables()]
        filled = [(table, columns, rows) for table, columns, rows in tables if rows]
        document = {
            "format": FORMAT,
            "business": current_tenant().name,
            "made_at": now.isoformat(),
            "tables": {table.model: rows for table, _, rows in filled},
        }
        page = render_to_string(
            "privacy/export.html",
            {
                "business": current_tenant().name,
                "made_at": now,
                "language": locale,
                "sections": [
                    (
                        gettext(table.title),
                        [gettext(LABELS[name]) for name in columns],
                        _list_cells(columns, rows, formats),
                    )
                    for table, columns, rows in filled
                ],
            },
        )
        sheets = {
            table.model.replace(".", "-").lower(): _write_csv(
                [gettext(LABELS[name]) for name in columns], _list_cells(columns, rows, formats)
            )
            for table, columns, rows in filled
        }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", page)
        archive.writestr("data.json", json.dumps(document, ensure_ascii=False, indent=2))
        for name, text in sheets.items():
            archive.writestr(f"tables/{name}.csv", text)
        _add_photos(archive, keys)
    return made.getvalue()


def _get_formats(locale: str) -> Formats:
    tenant = current_tenant()
    return get_formats(locale, tenant.country, tenant.profile.clock)


def _check_givable(request: PersonRequest) -> None:
    if request.state != RequestState.GRANTED or request.right not in GIVEN:
        raise NotAgreed
    if request.customer_id is None:
        raise PersonUnknown
    if get_person(customer_id=request.customer_id).is_erased:
        raise PersonErased


def _may_be_sent(request: PersonRequest, person: PersonFacts) -> bool:
    """Tell whether the link goes to a contact that was proven before they asked, and that no other record has."""
    is_theirs = request.contact in person.list_verified(by=request.asked_at)
    return is_theirs and request.contact not in find_shared(customer_id=person.id)


def _take(request: PersonRequest, *, by_id: int | None, now: datetime) -> PersonFile:
    found = PersonExport.objects.filter(request=request, ends_at__gt=now).first()
    if found is None:
        raise ExportGone
    note_step(request, RequestStep.DOWNLOADED, at=now, by_id=by_id)
    return PersonFile(f"data-{request.pk}.zip", bytes(found.content))


def _add_photos(archive: zipfile.ZipFile, keys: PersonKeys) -> None:
    for photo in list_visit_photos(booking_ids=keys.booking_ids, is_with_staffs=True):
        try:
            kind = WORK_PHOTO if photo.is_from_staff else VISIT_PHOTO
            found = read_of_owner(kind, photo.id, width=PHOTO_WIDTH)
        except FileUnknown:  # it is being made, or could not be read
            continue
        archive.writestr(f"photos/{photo.file_name}", found.content)


def _list_cells(columns: Sequence[str], rows: Rows, formats: Formats) -> list[list[str]]:
    return [[_say_cell(row, name, formats) for name in columns] for row in rows]


def _say_cell(row: Mapping[str, object], name: str, formats: Formats) -> str:
    """Return a cell as people read it: an amount with its currency, which every table has beside it."""
    value = row[name]
    if name.endswith("_minor") and isinstance(value, int):
        return formats.format_money(value, str(row.get("currency") or row["payment__currency"]))
    return _say(value)


def _write_csv(header: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    made = io.StringIO()
    made.write("\ufeff")
    writer = csv.writer(made)
    writer.writerow([disarm(each) for each in header])
    writer.writerows([disarm(each) for each in row] for row in cells)
    return made.getvalue()


def _say(value: object) -> str:
    """Return a value as people read it: documents line by line."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, dict):
        return "\n".join(f"{key}: {_say(each)}" for key, each in value.items() if each not in (None, "", [], {}))
    if isinstance(value, list | tuple):
        return "\n".join(filter(None, map(_say, value)))
    return str(value)
