"""Whatever a file says: what was planted is what is told, and undoing leaves everything as it was."""

from __future__ import annotations

import io
import random
from datetime import UTC, datetime

import pytest
import xlsxwriter

from devtools.drill.imports.files import PLANTED, make_customer_file
from scheduling.enums import KnownRule
from scheduling.models import Customer
from scheduling.selectors.imports.runs import get_import
from scheduling.services.imports import undoing, working
from scheduling.services.imports.steps import start_import
from scheduling.types.imports.rows import ImportView
from tests.factories.imports import bring_file
from tests.integration.scheduling.imports.test_imports import bring_in, check, snapshot, take_back, work_on

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
NAMES = ("Ana Torres", "ana torres", "Eva Ruiz", "Sol", "")
PHONES = ("5512345601", "55 1234 5601", "5512345602", "5.51235E+09", "")
EMAILS = ("ana@example.com", "ANA@example.com", "eva@", "")
PLATES = ("NXP482A", "nxp-482-a", "ABC123D", "")
CARS = ("Nissan Versa 2019", "Nissan Versa", "Mazda 3 2020", "")
HEADS = ["Nombre completo", "Tel cel", "Correo", "PLACAS", "Auto", "Km", "Obs", "RFC", "Código"]


def make_rows(dice: random.Random, count: int) -> list[list[str]]:
    choices = (
        NAMES,
        PHONES,
        EMAILS,
        PLATES,
        CARS,
        ("62,480 km", ""),
        ("VIP", "Otra", ""),
        ("JILA800101", ""),
        ("x", ""),
    )
    return [[dice.choice(each) for each in choices] for _ in range(count)]


def bring_in_file(content: bytes, name: str) -> ImportView:
    key = bring_file(file=io.BytesIO(content), name=name, by_id=1, now=NOW)
    check(key)
    start_import(key=key, by_id=1, now=NOW)
    work_on(get_import(key=key).id, NOW)
    return get_import(key=key)


@pytest.mark.parametrize("seed", range(6))
def test_undoing_leaves_everything_as_it_was(tenant, monkeypatch, seed):
    dice = random.Random(seed)
    monkeypatch.setattr(working, "PART", dice.choice((1, 3, 250)))
    monkeypatch.setattr(undoing, "UNDO_PART", dice.choice((1, 3, 250)))
    bring_in(*make_rows(dice, 6), heads=HEADS)
    before = snapshot()

    run = bring_in(*make_rows(dice, 25), heads=HEADS, known=dice.choice(list(KnownRule)))
    planned = {key: count for key, count in run.plans.items() if ":" not in key and key != "warned"}

    assert planned == {key: count for key, count in run.counts.items() if ":" not in key and key != "warned"}
    undone = take_back(run.key)
    assert (undone.counts["kept"], snapshot()) == (0, before)


@pytest.mark.parametrize(("separator", "encoding"), [(";", "cp1252"), (",", "utf-8-sig"), ("\t", "utf-16")])
def test_planted_problems_are_told_exactly(tenant, separator, encoding):
    made = make_customer_file(200, planted=24, separator=separator, encoding=encoding)

    run = bring_in_file(made.content, "clientes.csv")

    assert {key.removeprefix("fault:"): count for key, count in run.counts.items() if key.startswith("fault:")} == (
        made.faults
    )
    assert (run.counts["created"], run.counts["refused"]) == (made.created, made.refused)
    assert Customer.objects.count() == made.created
    assert take_back(run.key).counts["kept"] == 0
    assert not Customer.objects.exists()


def test_a_workbook_is_imported_like_a_table(tenant):
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Nombre", "Celular", "Placas"])
    sheet.write_row(1, 0, ["Laura Jiménez", 5512345601, "NXP482A"])
    sheet.write_formula(2, 0, '=HYPERLINK("http://evil")', None, "Ana Torres")
    book.close()

    run = bring_in_file(file.getvalue(), "clientes.xlsx")

    assert (run.encoding, run.separator, run.counts["created"]) == ("", "", 2)
    assert list(Customer.objects.order_by("name").values_list("name", "contacts__value")) == [
        ("Ana Torres", None),
        ("Laura Jiménez", "+525512345601"),
    ]


def test_every_kind_of_problem_is_planted():
    assert len(PLANTED) == 8
