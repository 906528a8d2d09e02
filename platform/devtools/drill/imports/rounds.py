"""The rounds of the drill, in a scratch tenant."""

from __future__ import annotations

import csv
import io
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import pairwise
from tempfile import TemporaryFile
from typing import BinaryIO

from devtools.drill.imports.files import WIDTH, Planted, write_customer_file, write_visit_file
from devtools.scratch.tenant import make_scratch_tenant
from kernel.clock import utc_now
from kernel.ids import new_reference
from scheduling.enums import ImportKind
from scheduling.selectors.bookings.views import iterate_bookings
from scheduling.selectors.catalog.services import list_services
from scheduling.selectors.customers.records import list_customers
from scheduling.selectors.imports.runs import get_import
from scheduling.services.imports.steps import choose_columns, start_import, undo_import
from scheduling.services.imports.uploading import take_file
from scheduling.services.imports.working import work_on
from scheduling.types import BookingFilters, CustomerFilters
from tenants.errors import RetryLater
from tenants.jobs import call_in_tenant
from tenants.services.life_cycle import drop_tenant

HEAVY_BYTES = 39_000_000
ROW_BYTES = 130
"""Of a row without what fills it up."""
FAULT = "fault:"

Write = Callable[[BinaryIO], Planted]


@dataclass(frozen=True, slots=True)
class Figures:
    """What one file took, in seconds.

    Attributes:
        taken: How long somebody waits for the answer to the upload; a worker reads it then.
        again: How many rows the same file, written in another way, made once more.
        left: How many customers and bookings undoing left.
        peak: The most memory of the process so far, in MB; ``before``: the same before this file was read.
    """

    name: str
    megabytes: float
    taken: float
    read: float
    checked: float
    written: float
    undone: float
    created: int
    refused: int
    again: int
    left: int
    before: float
    peak: float
    is_right: bool


def run_in_scratch(*, count: int, visits: int, planted: int) -> Iterator[Figures]:
    """Yield the figures of an ordinary file, of one as large as may be, and of visits in both orders of dates."""
    tenant = make_scratch_tenant(slug=f"imports-{new_reference().lower()}", now=utc_now(), vertical="automotive")
    filler = "ñ" * ((HEAVY_BYTES // count - ROW_BYTES) // (WIDTH - 8))
    try:
        for each in ("dato", filler):
            yield call_in_tenant(tenant.schema_name, _bring_customers, count, planted, each)
        for is_month_first in (False, True):
            yield call_in_tenant(tenant.schema_name, _bring_visits, visits, planted // 10, is_month_first)
    finally:
        drop_tenant(schema_name=tenant.schema_name)


def _bring_customers(count: int, planted: int, filler: str) -> Figures:
    def write(file: BinaryIO) -> Planted:
        return write_customer_file(file, count, planted=planted, separator=";", encoding="cp1252", filler=filler)

    return go_all_the_way("customers", write, encoding="cp1252")


def _bring_visits(count: int, planted: int, is_month_first: bool) -> Figures:  # noqa: FBT001 - by `call_in_tenant`
    service = list_services()[0].name

    def write(file: BinaryIO) -> Planted:
        return write_visit_file(file, count, planted=planted, service=service, is_month_first=is_month_first)

    name = "visits, month first" if is_month_first else "visits, day first"
    return go_all_the_way(name, write, kind=ImportKind.BOOKINGS, encoding="utf-8-sig")


def go_all_the_way(
    name: str, write: Write, *, kind: ImportKind = ImportKind.CUSTOMERS, encoding: str = "utf-8"
) -> Figures:
    """Import a file in the current tenant, import it again with tabs, and undo both."""
    with _open_file() as file:
        made = write(file)
        size, before = file.tell(), _measure()
        clock = [time.perf_counter()]
        key = take_file(file=file, name="archivo.csv", by_id=1, now=utc_now(), kind=kind)
        clock.append(time.perf_counter())
        _work(get_import(key=key).id)
        clock.append(time.perf_counter())
        view = get_import(key=key)
        choose_columns(key=key, targets=view.targets, now=utc_now())
        _work(view.id)
        clock.append(time.perf_counter())
        start_import(key=key, by_id=1, now=utc_now())
        _work(view.id)
        clock.append(time.perf_counter())
        done, peak = get_import(key=key), _measure()
        again = _bring_again(file, kind, encoding)
        clock.append(time.perf_counter())
    undo_import(key=key, by_id=1, now=utc_now())
    _work(view.id)
    clock.append(time.perf_counter())
    left = len(list_customers(CustomerFilters()).rows) + sum(1 for _ in iterate_bookings(BookingFilters()))
    told = {name.removeprefix(FAULT): count for name, count in done.counts.items() if name.startswith(FAULT)}
    created, refused = done.counts.get("created", 0), done.counts.get("refused", 0)
    taken, read, checked, written, _, undone = (after - before for before, after in pairwise(clock))
    return Figures(
        name=name,
        megabytes=size / 1e6,
        taken=taken,
        read=read,
        checked=checked,
        written=written,
        undone=undone,
        created=created,
        refused=refused,
        again=again,
        left=left,
        before=before,
        peak=max(peak, _measure()),
        is_right=(told, created, refused, again, left) == (made.faults, made.created, made.refused, 0, 0),
    )


def _bring_again(file: BinaryIO, kind: ImportKind, encoding: str) -> int:
    """Import the same rows out of another file, and return how many customers or visits that made or changed."""
    file.seek(0)
    with _open_file() as other:
        text, copy = (io.TextIOWrapper(each, encoding=encoding, newline="") for each in (file, other))
        csv.writer(copy, delimiter="\t").writerows(csv.reader(text, delimiter=";"))
        text.detach()
        copy.detach()
        key = take_file(file=other, name="otra.csv", by_id=1, now=utc_now(), kind=kind)
        _work(get_import(key=key).id)
        view = get_import(key=key)
        choose_columns(key=key, targets=view.targets, now=utc_now())
        _work(view.id)
        start_import(key=key, by_id=1, now=utc_now())
        _work(view.id)
    return get_import(key=key).written


def _open_file() -> AbstractContextManager[BinaryIO]:
    return TemporaryFile()


def _work(import_id: int) -> None:
    """Do what a worker does, as often as it is asked."""
    while True:
        try:
            work_on(import_id, utc_now())
        except RetryLater:
            continue
        return


def _measure() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
