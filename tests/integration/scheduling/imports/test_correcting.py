"""A wrong cell is mended where it is shown, and only that row is looked at again."""

from __future__ import annotations

import pytest

from scheduling.enums import ImportState
from scheduling.errors.imports import ImportElsewhere, ImportNotFound
from scheduling.models import Booking, Customer, Import, ImportRow
from scheduling.selectors.imports.runs import get_import, get_row
from scheduling.services.imports.correcting import LONGEST_CELL, correct_row
from scheduling.services.imports.steps import start_import
from scheduling.services.imports.working import count_rows, work_on
from tests.factories.scheduling import NOW as VISITS_NOW
from tests.factories.scheduling import make_shop
from tests.integration.scheduling.imports import test_visits as visits
from tests.integration.scheduling.imports.test_imports import LAURA, MATEO, NOW, check, create, take


def mend(key, number: int, *, everywhere: bool = False, now=NOW, **cells: str) -> bool:
    wanted = {int(name.removeprefix("c")): text for name, text in cells.items()}
    return correct_row(key=key, number=number, cells=wanted, is_everywhere=everywhere, now=now)


def counted(key) -> bool:
    """Tell whether the numbers are those that counting all rows would give."""
    run = Import.objects.get(key=key)
    return {name: count for name, count in run.plans.items() if count} == {
        name: count for name, count in count_rows(run, "plan").items() if count
    }


def test_a_mended_row_is_imported_as_it_was_mended(tenant):
    key = take(["", *LAURA[1:]], MATEO)
    check(key)

    assert mend(key, 2, c0=" Laura\u200b Jiménez ") is False

    run = get_import(key=key)
    assert (run.plans["created"], run.plans.get("refused", 0), counted(key)) == (2, 0, True)
    assert (get_row(run, 2).outcome, get_row(run, 2).faults) == ("created", ())
    start_import(key=key, by_id=1, now=NOW)
    work_on(run.id, NOW)
    assert Customer.objects.filter(name="Laura Jiménez").count() == 1


def test_what_is_still_wrong_stays_as_it_was_typed(tenant):
    key = take(["Laura", "5.51235E+09"], MATEO)
    check(key)

    mend(key, 2, c1="55 55")

    row = get_row(get_import(key=key), 2)
    assert (row.cells[1], row.outcome, [each.target for each in row.faults]) == ("55 55", "refused", ["phone"])
    assert counted(key)


def test_a_row_that_becomes_somebody_known_says_so(tenant):
    create()
    key = take(["", "5512345601"], MATEO)
    check(key)

    mend(key, 2, c0="Laura Jiménez")

    row = get_row(get_import(key=key), 2)
    assert (row.outcome, row.customer_id) == ("same", Customer.objects.get().pk)


def test_cells_that_are_not_read_and_too_long_ones_do_no_harm(tenant):
    key = take(["", "5512345601"], MATEO)
    check(key)

    mend(key, 2, c8="x", c99="y", c0="z" * 9000)

    row = ImportRow.objects.get(number=2)
    assert (len(row.cells), len(row.cells[0]), row.plan) == (2, LONGEST_CELL + 1, "refused")
    mend(key, 2, c0="")
    assert ImportRow.objects.get(number=2).cells == ["", "5512345601"]
    mend(key, 2, c1="")
    assert ImportRow.objects.get(number=2).cells == []


def test_nothing_new_changes_nothing(tenant):
    key = take(["", "5512345601"], MATEO)
    before = check(key)

    assert mend(key, 2, c0=" ", c1="5512345601", everywhere=True) is False
    assert get_import(key=key) == before


def test_only_a_checked_file_is_mended(tenant):
    key = take(["", "5512345601"], MATEO)
    with pytest.raises(ImportElsewhere):
        mend(key, 2, c0="Laura")
    check(key)
    with pytest.raises(ImportNotFound):
        mend(key, 9, c0="Laura")
    start_import(key=key, by_id=1, now=NOW)

    with pytest.raises(ImportElsewhere):
        mend(key, 2, c0="Laura")

    assert ImportRow.objects.get(number=2).cells[0] == ""


def test_a_word_is_mended_in_every_row_that_says_it(tenant, monkeypatch):
    monkeypatch.setattr("scheduling.services.imports.working.utc_now", lambda: VISITS_NOW)
    monkeypatch.setattr("scheduling.services.imports.correcting.PART", 1)
    make_shop()
    rows = [
        [f"Persona N{n}", "", "12/01/2026", f"{9 + n}:00", "Corte de pelo" if n < 3 else "Peinado", "", ""]
        for n in range(4)
    ]
    key = visits.take(*rows)
    run = visits.check(key)
    assert run.plans["refused"] == 4

    assert mend(key, 3, c4="corte", everywhere=True, now=VISITS_NOW) is True

    assert get_import(key=key).state == ImportState.CHECKING
    work_on(run.id, VISITS_NOW)
    run = get_import(key=key)
    assert (run.plans["created"], run.plans["refused"]) == (3, 1)
    assert mend(key, 5, c4="corte", everywhere=True, now=VISITS_NOW) is False
    assert (get_import(key=key).plans["created"], counted(key)) == (4, True)
    start_import(key=key, by_id=1, now=VISITS_NOW)
    work_on(run.id, VISITS_NOW)
    assert Booking.objects.count() == 4


def test_a_date_that_was_mended_is_looked_at_without_a_start(tenant, monkeypatch):
    monkeypatch.setattr("scheduling.services.imports.working.utc_now", lambda: VISITS_NOW)
    make_shop()
    key = visits.take(["Ana", "", "31/02/2026", "10:00", "corte", "", ""])
    visits.check(key)

    mend(key, 2, c2="30/02/2026", now=VISITS_NOW)
    assert get_row(get_import(key=key), 2).outcome == "refused"
    mend(key, 2, c2="13/01/2026", now=VISITS_NOW)

    assert get_row(get_import(key=key), 2).outcome == "created"
