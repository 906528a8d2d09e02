"""The rounds of the drill, in a scratch tenant."""

from __future__ import annotations

import io
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from devtools.drill.imports.files import WIDTH, CustomerFile, make_customer_file
from devtools.scratch.tenant import make_scratch_tenant
from kernel.clock import utc_now
from kernel.ids import new_reference
from scheduling.enums import KnownRule
from scheduling.selectors.customers.records import list_customers
from scheduling.selectors.imports.runs import get_import
from scheduling.services.imports.steps import choose_columns, start_import, undo_import
from scheduling.services.imports.uploading import take_file
from scheduling.services.imports.working import work_on
from scheduling.types import CustomerFilters
from tenants.jobs import call_in_tenant
from tenants.services.life_cycle import drop_tenant

HEAVY_BYTES = 38_000_000
FAULT = "fault:"


@dataclass(frozen=True, slots=True)
class Figures:
    """What one file took, in seconds; ``peak`` is the most memory of the process so far, in MB."""

    megabytes: float
    read: float
    checked: float
    written: float
    undone: float
    created: int
    refused: int
    left: int
    peak: float
    is_right: bool


def run_in_scratch(*, count: int, planted: int) -> Iterator[Figures]:
    """Yield the figures of an ordinary file and of one as large as may be."""
    tenant = make_scratch_tenant(slug=f"imports-{new_reference().lower()}", now=utc_now(), vertical="automotive")
    try:
        for filler in ("dato", "ñ" * (HEAVY_BYTES // count // WIDTH)):
            made = make_customer_file(count, planted=planted, separator=";", encoding="cp1252", filler=filler)
            yield call_in_tenant(tenant.schema_name, go_all_the_way, made)
    finally:
        drop_tenant(schema_name=tenant.schema_name)


def go_all_the_way(made: CustomerFile) -> Figures:
    """Import a file in the current tenant, and undo it."""
    clock = [time.perf_counter()]
    key = take_file(file=io.BytesIO(made.content), name="clientes.csv", by_id=1, now=utc_now())
    clock.append(time.perf_counter())
    view = get_import(key=key)
    choose_columns(key=key, targets=view.targets, known=KnownRule.FILL, now=utc_now())
    work_on(view.id, utc_now())
    clock.append(time.perf_counter())
    start_import(key=key, by_id=1, now=utc_now())
    work_on(view.id, utc_now())
    clock.append(time.perf_counter())
    done = get_import(key=key)
    undo_import(key=key, by_id=1, now=utc_now())
    work_on(view.id, utc_now())
    clock.append(time.perf_counter())
    left = len(list_customers(CustomerFilters()).rows)
    told = {name.removeprefix(FAULT): count for name, count in done.counts.items() if name.startswith(FAULT)}
    created, refused = done.counts.get("created", 0), done.counts.get("refused", 0)
    read, checked, written, undone = (after - before for before, after in pairwise(clock))
    return Figures(
        megabytes=len(made.content) / 1e6,
        read=read,
        checked=checked,
        written=written,
        undone=undone,
        created=created,
        refused=refused,
        left=left,
        peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        is_right=(told, created, refused, left) == (made.faults, made.created, made.refused, 0),
    )
