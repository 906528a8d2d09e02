"""Customers and vehicles from a file: read, checked, written once, and taken back."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from files.engine import MOST_BYTES
from kernel.identity.phones import PHONE_WRONG
from notifications.models import Event
from scheduling.enums import ActorKind, ContactKind, ImportState, KnownRule
from scheduling.errors.imports import ImportBusy, ImportElsewhere, ImportKnown, ImportNotFound, ImportUnreadable
from scheduling.models import (
    Asset,
    AssetDue,
    AssetMark,
    AssetOwner,
    Contact,
    Customer,
    CustomerSearch,
    Import,
    ImportPiece,
    ImportRow,
)
from scheduling.selectors.imports.runs import (
    KEPT,
    ODD,
    PROBLEMS,
    get_import,
    iterate_rows,
    list_columns,
    list_imports,
    list_rows,
)
from scheduling.services.customers.due import write_due
from scheduling.services.customers.owners import move_asset
from scheduling.services.customers.records import change_customer, create_customer
from scheduling.services.imports import reading, receiving, undoing, working
from scheduling.services.imports.steps import (
    DUE_KIND,
    choose_columns,
    discard_import,
    start_import,
    stop_import,
    undo_import,
)
from scheduling.services.imports.uploading import END_KIND, take_file
from scheduling.services.imports.uploading import KEPT as KEPT_DAYS
from scheduling.services.imports.working import end_import, work_on, write_part
from scheduling.types import Actor, ContactSetup, CustomerSetup
from tenants.errors import RetryLater
from tenants.models import DueWork
from tenants.services.erasures.erasing import erase
from tests.factories.imports import bring_file
from tests.factories.webhooks import make_webhook

STATEMENTS = 18
NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
HEADS = ["Nombre completo", "Tel cel", "Correo", "PLACAS", "Auto", "Km", "Obs", "RFC", "Código"]
LAURA = [
    "Laura Jiménez",
    "55-1234-5601",
    "laura@example.com",
    "NXP482A",
    "Nissan Versa 2019",
    "62,480 km",
    "VIP",
    "",
    "9",
]
MATEO = ["Mateo Ríos", "5512345602", "", "ABC123D", "Mazda 3 2020", "", "", "", ""]
BY = Actor(kind=ActorKind.STAFF, user_id=1)


def write(*rows: list[str], heads: list[str] = HEADS, separator: str = ",", encoding: str = "utf-8") -> io.BytesIO:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows([heads, *rows])
    return io.BytesIO(text.getvalue().encode(encoding))


def take(*rows: list[str], **shape):
    return bring_file(file=write(*rows, **shape), name="clientes.csv", by_id=1, now=NOW)


def check(key, *, known: KnownRule = KnownRule.FILL):
    choose_columns(key=key, targets=get_import(key=key).targets, known=known, now=NOW)
    work_on(get_import(key=key).id, NOW)
    return get_import(key=key)


def bring_in(*rows: list[str], known: KnownRule = KnownRule.FILL, **shape):
    key = take(*rows, **shape)
    check(key, known=known)
    start_import(key=key, by_id=1, now=NOW)
    work_on(get_import(key=key).id, NOW)
    return get_import(key=key)


def take_back(key):
    undo_import(key=key, by_id=2, now=NOW)
    work_on(get_import(key=key).id, NOW)
    return get_import(key=key)


def snapshot() -> dict[str, list]:
    """Return everything about customers but what is never given twice."""
    hidden = {"history_id", "history_date"}
    return {
        model.__name__: [
            {k: v for k, v in row.items() if k not in hidden} for row in model.objects.order_by("pk").values()
        ]
        for model in (Customer, Contact, Asset, CustomerSearch)
    } | {"marks": sorted(AssetMark.objects.values_list("asset_id", "owner_id", "mark"))}


def create(name: str = "Laura Jiménez", phone: str = "5512345601", **more) -> int:
    contacts = (ContactSetup(ContactKind.PHONE, phone),) if phone else ()
    return create_customer(setup=CustomerSetup(name, contacts=contacts, **more), by=BY, now=NOW)


def test_a_file_is_written_with_everything_it_says(tenant):
    run = bring_in(LAURA, MATEO)

    assert (run.state, run.counts["created"], run.written, run.finished_at is not None) == (
        ImportState.DONE,
        2,
        2,
        True,
    )
    laura = Customer.objects.get(name="Laura Jiménez")
    assert (laura.name_key, laura.notes, laura.is_sample, laura.locale) == ("laurajimenez", "VIP", False, tenant.locale)
    assert sorted(laura.contacts.values_list("kind", "value")) == [
        ("email", "laura@example.com"),
        ("phone", "+525512345601"),
    ]
    assert laura.assets.get().data == {
        "make": "Nissan", "model": "Versa", "year": "2019", "plate": "NXP482A", "mileage": "62480",
    }  # fmt: skip
    assert laura.history.count() == CustomerSearch.objects.filter(customer=laura).count() == 1


@pytest.mark.parametrize(
    ("separator", "encoding", "said"),
    [
        (";", "cp1252", ("Latin-1", ";")),
        (",", "utf-8-sig", ("UTF-8", ",")),
        ("\t", "utf-16", ("UTF-16", "\t")),
        ("|", "utf-8", ("UTF-8", "|")),
    ],
)
def test_encodings_and_separators_are_found_out(tenant, separator, encoding, said):
    run = bring_in(LAURA, MATEO, separator=separator, encoding=encoding)

    assert (run.encoding, run.separator) == said
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Laura Jiménez", "Mateo Ríos"]


def test_columns_are_guessed_and_remembered(tenant):
    key = take(LAURA)

    columns = list_columns(get_import(key=key))

    assert [each.target for each in columns] == [
        "name", "phone", "email", "asset.plate", "asset", "asset.mileage", "notes", "tax_id", "",
    ]  # fmt: skip
    assert columns[0].examples == ("Laura Jiménez",)
    targets = ["name", "phone", "email", "asset.plate", "asset", "", "notes", "", "tags"]
    choose_columns(key=key, targets=targets, known=KnownRule.FILL, now=NOW)
    work_on(get_import(key=key).id, NOW)
    again = take(MATEO)
    assert list(get_import(key=again).targets) == targets


def test_first_and_last_names_are_one_name(tenant):
    bring_in(["Ana", "Torres Gil", "5512345611"], heads=["Nombre", "Apellidos", "Celular"])

    assert Customer.objects.get().name == "Ana Torres Gil"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (["", "5512345601"], ("name", "The name is missing.")),
        (["Ana", "5.51235E+09"], ("phone", reading.DIGITS_LOST)),
        (["Ana", "55 5555 01"], ("phone", PHONE_WRONG)),
        (["Ana", "5512345601", "ana@"], ("email", "Enter an e-mail address like name@example.com.")),
        (["Ana", "5512345601", "", "A", "", "mucho"], ("asset.mileage", None)),
        (["Ana", "5512345601", "", "", "", "", "", "R" * 33], ("tax_id", reading.TAX_ID_LONG)),
        (["Ana", "5512345601", "", "", "", "", "x" * 2001], ("notes", "The note may have at most 2,000 characters.")),
        (["Ana", "5512345601", *[""] * 7, "más"], ("", "This line has more cells than there are columns.")),
        (["A" * 121, "5512345601"], ("name", "The name may have at most 120 characters.")),
    ],
)  # fmt: skip
def test_what_is_wrong_keeps_the_row_out_and_is_said(tenant, row, fault):
    key = take(row, MATEO)

    run = check(key)

    (line,), count = list_rows(run, only=PROBLEMS)
    assert (line.number, count, run.plans["refused"], run.plans["created"]) == (2, 1, 1, 1)
    assert [each.target for each in line.faults if each.is_error] == [fault[0]]
    assert fault[1] in (None, line.faults[0].text)
    assert not Customer.objects.exists()
    start_import(key=key, by_id=1, now=NOW)
    work_on(run.id, NOW)
    assert list(Customer.objects.values_list("name", flat=True)) == ["Mateo Ríos"]


def test_tags_and_contacts_end(tenant):
    heads = ["Nombre", "Etiquetas", *[f"Tel{number}" for number in range(11)]]
    key = take(
        ["Ana", ",".join(map(str, range(21)))],
        ["Eva", "x" * 41],
        ["Sol", "", *[f"55123456{n:02}" for n in range(11)]],
        heads=heads,
    )
    targets = ["name", "tags", *["phone"] * 11]

    choose_columns(key=key, targets=targets, known=KnownRule.FILL, now=NOW)
    work_on(get_import(key=key).id, NOW)

    assert [[each.text for each in row.faults] for row in list_rows(get_import(key=key), only=PROBLEMS)[0]] == [
        ["A customer may have at most 20 tags."],
        ["A tag may have at most 40 characters."],
        ["A customer may have at most 10 contacts."],
    ]


def test_what_is_odd_is_said_and_imported(tenant):
    create("Otra Persona", "5512345601")
    create_id = create("Dueño Anterior", "")
    owner = Customer.objects.get(pk=create_id)
    asset = Asset.objects.create(owner=owner, type_key="vehicle", created_at=NOW)
    AssetMark.objects.create(asset=asset, owner=owner, mark="vehicle.plate:abc123d")

    run = bring_in(LAURA, MATEO, ["=HYPERLINK(1)", "5512345603"], [*MATEO[:3], "", "Seat Ibiza 2021", *MATEO[5:]])

    rows, count = list_rows(run, only=ODD)
    assert count == run.plans["warned"] == 4
    assert [[(each.target, each.text, dict(each.params)) for each in row.faults] for row in rows] == [
        [("phone", "%(name)s has the same phone number or e-mail address.", {"name": "Otra Persona"})],
        [("asset.plate", "%(name)s has one with the same identification.", {"name": "Dueño Anterior"})],
        [("name", "This looks like a formula; it is kept as text and never calculated.", {})],
        [("", "The same customer stands in line %(line)s as well; nothing is made twice.", {"line": "3"})],
    ]
    assert Customer.objects.filter(name="Mateo Ríos").get().assets.count() == 2
    assert Customer.objects.filter(name="=HYPERLINK(1)").exists()


def test_the_same_file_twice_makes_nothing_twice(tenant):
    bare = ["Sin Datos", *[""] * 8]
    car = ["Solo Placa", "", "", "ZZZ999Z", "", "", "", "", ""]
    bring_in(LAURA, MATEO, bare, car)
    before = snapshot()

    with pytest.raises(ImportKnown):
        take(LAURA, MATEO, bare, car)
    run = bring_in(LAURA, MATEO, bare, car, separator=";")

    assert (run.counts["same"], snapshot()) == (4, before)


def test_who_is_known_gets_what_is_missing_and_undoing_takes_it_back(tenant):
    known = create(notes="Suyo", tags=("fiel",))
    before = snapshot()

    run = bring_in(LAURA, [*LAURA[:3], "XYZ123A", "Seat Ibiza 2021", *LAURA[5:7], "JILA800101", ""])

    customer = Customer.objects.get(pk=known)
    assert (run.counts["updated"], run.counts.get("created", 0)) == (2, 0)
    assert (customer.notes, customer.tags, customer.tax_id) == ("Suyo", ["fiel"], "JILA800101")
    assert (customer.contacts.count(), customer.assets.count(), customer.history.count()) == (2, 2, 2)
    undone = take_back(run.key)
    assert (undone.state, undone.counts["undone"], undone.counts["kept"], undone.undone_by_id) == ("undone", 2, 0, 2)
    assert snapshot() == before


def test_a_vehicle_is_completed_and_restored(tenant):
    bring_in(["Laura Jiménez", "5512345601", "", "NXP482A", *[""] * 5])
    before = snapshot()

    run = bring_in(LAURA)

    assert Asset.objects.get().label == "Nissan Versa 2019"
    take_back(run.key)
    assert snapshot() == before


def test_known_customers_can_be_left_as_they_are(tenant):
    create()
    before = snapshot()

    run = bring_in(LAURA, known=KnownRule.SKIP)

    assert (run.counts["skipped"], snapshot()) == (1, before)


def test_a_second_vehicle_of_somebody_new_is_added_in_any_case(tenant):
    run = bring_in(MATEO, [*MATEO[:3], "SEC222B", "Seat Ibiza 2021", *MATEO[5:]], known=KnownRule.SKIP)

    assert (run.counts["created"], run.counts["updated"], Asset.objects.count()) == (1, 1, 2)


def test_parts_meet_who_an_earlier_part_made(tenant, monkeypatch):
    monkeypatch.setattr(working, "PART", 1)
    monkeypatch.setattr(undoing, "UNDO_PART", 1)
    before = snapshot()

    run = bring_in(MATEO, [*MATEO[:3], "SEC222B", "Seat Ibiza 2021", *MATEO[5:]], LAURA, known=KnownRule.SKIP)

    assert (run.counts["created"], run.counts["updated"]) == (2, 1)
    take_back(run.key)
    assert snapshot() == before


def test_a_worker_that_was_killed_is_followed_by_one_that_goes_on(tenant, monkeypatch):
    monkeypatch.setattr(working, "PART", 1)
    key = take(LAURA, MATEO)
    run = check(key)
    start_import(key=key, by_id=1, now=NOW)

    assert write_part(run.id, now=NOW) is True
    assert (get_import(key=key).done_rows, Customer.objects.count()) == (1, 1)
    work_on(run.id, NOW)

    assert (get_import(key=key).counts["created"], Customer.objects.count()) == (2, 2)
    work_on(run.id, NOW)
    assert Customer.objects.count() == 2


def test_a_long_import_gives_its_turn_back(tenant, monkeypatch):
    monkeypatch.setattr(working, "PART", 1)
    monkeypatch.setattr(working, "TURN_SECONDS", -1)
    key = take(LAURA, MATEO)
    run = check(key)
    start_import(key=key, by_id=1, now=NOW)

    with pytest.raises(RetryLater):
        work_on(run.id, NOW)

    assert (get_import(key=key).state, Customer.objects.count()) == ("running", 1)


def test_a_stopped_import_keeps_and_undoes_what_it_wrote(tenant, monkeypatch):
    monkeypatch.setattr(working, "PART", 1)
    key = take(LAURA, MATEO)
    run = check(key)
    start_import(key=key, by_id=1, now=NOW)
    write_part(run.id, now=NOW)

    stop_import(key=key, now=NOW)
    work_on(run.id, NOW)

    assert (get_import(key=key).state, Customer.objects.count()) == ("stopped", 1)
    assert take_back(key).counts["undone"] == 1
    assert not Customer.objects.exists()


def test_checking_can_be_stopped(tenant):
    key = take(LAURA)
    choose_columns(key=key, targets=get_import(key=key).targets, known=KnownRule.FILL, now=NOW)

    stop_import(key=key, now=NOW)
    work_on(get_import(key=key).id, NOW)

    assert (get_import(key=key).state, DueWork.objects.filter(kind=DUE_KIND).count()) == ("columns", 0)


def test_undoing_keeps_what_somebody_touched_and_says_why(tenant):
    rows = [
        [f"Persona {number}", f"551234560{number}", "", f"AAA00{number}A", "Seat Ibiza 2021", *[""] * 4]
        for number in range(1, 8)
    ]
    known = create("Conocida Uno", "5512345600")
    run = bring_in(*rows, ["Conocida Uno", "5512345600", "uno@example.com", "BBB111B", "", *[""] * 4])
    people = {each.name: each for each in Customer.objects.all()}
    change_customer(customer_id=people["Persona 1"].pk, changes={"notes": "Mía"}, by=BY, now=NOW)
    Asset.objects.create(owner=people["Persona 3"], type_key="vehicle", label="Otro", created_at=NOW)
    Asset.objects.filter(owner=people["Persona 4"]).update(data={"plate": "CCC222C"})
    Asset.objects.filter(owner_id=known).delete()
    people["Persona 5"].consents.create(purpose="reminders", given_at=NOW)
    people["Persona 6"].delete()

    undone = take_back(run.key)

    kept = {row.cells[0]: row.undo for row in list_rows(undone, only=KEPT)[0]}
    assert kept == {
        "Persona 1": "Somebody changed this customer since.",
        "Persona 3": "Something was added to this customer since.",
        "Persona 4": "Somebody changed what the visits are about since.",
        "Persona 5": "This customer has visits or agreed to something since.",
        "Persona 6": "This customer is no longer here.",
        "Conocida Uno": "Somebody changed what the visits are about since.",
    }
    assert undone.counts["kept"] == 6
    assert sorted(Customer.objects.values_list("name", flat=True)) == [
        "Conocida Uno", "Persona 1", "Persona 3", "Persona 4", "Persona 5",
    ]  # fmt: skip
    assert not Customer.history.filter(name="Persona 2").exists()


def test_undoing_keeps_who_had_what_changed_hands(tenant):
    run = bring_in(LAURA, MATEO, ["Nadie Más", "5512345603", *[""] * 7])
    mine, his = Asset.objects.order_by("pk")
    other, nobody = create("Otra", "5512345699"), Customer.objects.get(name="Nadie Más")
    day, lent = NOW.date(), Asset.objects.create(owner=nobody, type_key="vehicle", label="Otro", created_at=NOW)
    for asset, to_id, on in (
        (mine, other, day - timedelta(days=9)),
        (mine, mine.owner_id, day),
        (his, other, day),
        (lent, other, day),
    ):
        move_asset(asset_id=asset.pk, to_id=to_id, on=on, by=BY, now=NOW)
    before = list(AssetOwner.objects.order_by("pk").values())

    undone = take_back(run.key)

    assert {row.cells[0]: row.undo for row in list_rows(undone, only=KEPT)[0]} == {
        "Laura Jiménez": "What the visits are about changed hands since.",
        "Mateo Ríos": "Somebody changed what the visits are about since.",
        "Nadie Más": "What the visits are about changed hands since.",
    }
    assert list(AssetOwner.objects.order_by("pk").values()) == before


def test_undoing_keeps_what_something_is_noted_of(tenant):
    run = bring_in(MATEO)
    due = write_due(asset_id=Asset.objects.get().pk, what="Frenos", at_meter="50000", on=None, by=BY, now=NOW)

    undone = take_back(run.key)

    assert [row.undo for row in list_rows(undone, only=KEPT)[0]] == ["There are visits about it since."]
    assert list(AssetDue.objects.values_list("pk", "asset__owner__name")) == [(due, "Mateo Ríos")]


def test_one_import_is_worked_on_at_a_time_and_none_out_of_turn(tenant):
    first, second = take(LAURA), take(MATEO)
    targets = get_import(key=first).targets
    choose_columns(key=first, targets=targets, known=KnownRule.FILL, now=NOW)

    with pytest.raises(ImportBusy):
        choose_columns(key=second, targets=targets, known=KnownRule.FILL, now=NOW)
    for act in (lambda: start_import(key=first, by_id=1, now=NOW), lambda: undo_import(key=first, by_id=1, now=NOW)):
        with pytest.raises(ImportElsewhere):
            act()
    work_on(get_import(key=first).id, NOW)
    discard_import(key=first)
    with pytest.raises(ImportNotFound):
        get_import(key=first)
    with pytest.raises(ImportNotFound):
        discard_import(key=first)
    assert [each.key for each in list_imports()] == [second]


@pytest.mark.parametrize(
    ("targets", "text"),
    [
        (["phone", "", "", "", "", "", "", "", ""], "Say which column has the name."),
        (["name", "name", "", "", "", "", "", "", ""], "Two columns are to fill the same: choose one of them."),
        (["name"], "Choose what each column fills from the list."),
        (["name", "surprise", "", "", "", "", "", "", ""], "Choose what each column fills from the list."),
    ],
)
def test_columns_that_make_no_customer_are_refused(tenant, targets, text):
    key = take(LAURA)

    with pytest.raises(ImportUnreadable) as caught:
        choose_columns(key=key, targets=targets, known=KnownRule.FILL, now=NOW)

    assert (caught.value.text, get_import(key=key).state) == (text, "columns")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"   \n", "The file is empty."),
        (b"Nombre,Tel\n", "There is nothing below the first line."),
        (b"Nombre\n\0\0", "This is not a table of cells: save it as CSV or XLSX and try again."),
        (",".join(map(str, range(61))).encode() + b"\n1", receiving.TOO_MANY_COLUMNS),
    ],
)  # fmt: skip
def test_what_is_no_table_says_so_and_nothing_of_it_is_kept(tenant, content, text):
    key = bring_file(file=io.BytesIO(content), name="x", by_id=1, now=NOW)

    run = get_import(key=key)
    assert (run.state, run.failure[0], run.is_at_work, run.rows_count) == ("unreadable", text, False, 0)
    assert (ImportRow.objects.count(), ImportPiece.objects.count()) == (0, 0)
    with pytest.raises(ImportElsewhere):
        choose_columns(key=key, targets=[], now=NOW)
    discard_import(key=key)
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "The file is empty."),
        (b"\xd0\xcf\x11\xe0rest", "This is a workbook of an old kind (XLS). Save it as XLSX or CSV and try again."),
        (b"a" * (MOST_BYTES + 1), "This file is too large: up to 40 MB."),
        (b"BEGIN:VCALENDAR\n" + b"a" * 5_000_000, "This calendar is too large: up to 5 MB."),
    ],
    ids=["empty", "old", "large", "calendar"],
)
def test_what_need_not_be_read_is_refused_at_once(tenant, content, text):
    with pytest.raises(ImportUnreadable) as caught:
        take_file(file=io.BytesIO(content), name="x", by_id=1, now=NOW)

    assert (caught.value.text, Import.objects.count(), ImportPiece.objects.count()) == (text, 0, 0)


def test_too_many_rows_are_found_when_the_file_is_read(tenant, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_ROWS", 1)

    run = get_import(key=take(LAURA, MATEO))

    assert (run.state, run.failure[1]) == ("unreadable", {"most": 1})
    assert ImportRow.objects.count() == 0


def test_two_files_are_taken_at_once_and_read_one_after_the_other(tenant):
    first, again, second = (take_file(file=write(row), name="x.csv", by_id=1, now=NOW) for row in (LAURA, LAURA, MATEO))

    waiting = [get_import(key=key) for key in (first, second)]
    assert first == again
    assert [(run.state, run.is_at_work, run.rows_count) for run in waiting] == [("reading", True, 0)] * 2
    # A worker of before files were read by workers leaves this kind alone.
    assert DueWork.objects.filter(kind="import_read").count() == 2
    for run in reversed(waiting):
        work_on(run.id, NOW)
    read = [get_import(key=key) for key in (first, second)]
    assert [(run.state, run.rows_count, run.heads == read[0].heads) for run in read] == [("columns", 1, True)] * 2
    assert [run.read_bytes for run in read] == [run.file_bytes for run in read]
    assert ImportPiece.objects.count() == 0


def test_a_worker_that_is_killed_while_it_reads_is_followed_by_the_next(tenant, monkeypatch):
    monkeypatch.setattr(receiving, "PART", 2)
    rows = [[f"Persona {number}", *[""] * 8] for number in range(5)]
    key = take_file(file=write(*rows), name="x.csv", by_id=1, now=NOW)
    run = get_import(key=key)
    keep, kept = receiving._keep_part, []

    def die(*arguments, **more):
        if kept:
            raise KeyboardInterrupt
        kept.append(keep(*arguments, **more))
        return kept[-1]

    monkeypatch.setattr(receiving, "_keep_part", die)
    with pytest.raises(KeyboardInterrupt):
        work_on(run.id, NOW)
    monkeypatch.setattr(receiving, "_keep_part", keep)
    halfway, pieces = get_import(key=key), ImportPiece.objects.count()
    work_on(run.id, NOW)

    assert (halfway.state, halfway.rows_count, pieces) == ("reading", 2, 1)
    assert [row.cells[0] for row in ImportRow.objects.order_by("number")] == [each[0] for each in rows]
    assert get_import(key=key).rows_count == 5


def test_a_file_that_is_forgotten_while_it_is_read_leaves_nothing(tenant, monkeypatch):
    monkeypatch.setattr(receiving, "PART", 1)
    key = take_file(file=write(LAURA, MATEO), name="x.csv", by_id=1, now=NOW)
    import_id, keep = get_import(key=key).id, receiving._keep_part

    def forget(*arguments, **more):
        if Import.objects.exists():
            discard_import(key=key)
        return keep(*arguments, **more)

    monkeypatch.setattr(receiving, "_keep_part", forget)
    work_on(import_id, NOW)

    assert (Import.objects.count(), ImportRow.objects.count(), ImportPiece.objects.count()) == (0, 0, 0)


def test_files_nobody_goes_on_with_make_room_and_the_same_one_is_one(tenant):
    keys = [take([f"Persona {number}", *[""] * 8]) for number in range(6)]

    assert [each.key for each in list_imports()] == keys[:0:-1]
    assert take(["Persona 5", *[""] * 8]) == keys[5]


def test_rows_go_after_their_time(tenant):
    run, waiting = bring_in(LAURA), take(MATEO)
    waiting_id = get_import(key=waiting).id

    for import_id in (run.id, waiting_id):
        with pytest.raises(RetryLater):
            end_import(import_id, NOW)
        end_import(import_id, NOW + KEPT_DAYS + timedelta(minutes=1))

    ended = get_import(key=run.key)
    assert (ended.is_kept, ended.file_name, ended.counts["created"], list_rows(ended)[1]) == (False, "", 1, 0)
    assert [each.key for each in list_imports()] == [run.key]
    with pytest.raises(ImportElsewhere):
        undo_import(key=run.key, by_id=1, now=NOW)
    end_import(run.id, NOW + KEPT_DAYS * 2)
    assert DueWork.objects.filter(kind=END_KIND).count() == 2


def test_rows_stay_while_an_import_is_at_work(tenant):
    key = take(LAURA)
    choose_columns(key=key, targets=get_import(key=key).targets, known=KnownRule.FILL, now=NOW)

    with pytest.raises(RetryLater):
        end_import(get_import(key=key).id, NOW + KEPT_DAYS)

    assert ImportRow.objects.count() == 1


def test_who_is_erased_leaves_no_row_of_a_file(tenant):
    run = bring_in(LAURA, MATEO)
    laura = Customer.objects.get(name="Laura Jiménez")

    erase(kind="scheduling.Customer", row_ids=[laura.pk], now=NOW)

    assert [row.cells[0] for row in iterate_rows(run)] == ["Mateo Ríos"]


@pytest.mark.parametrize("count", [1, 40])
def test_a_part_asks_as_often_for_many_rows_as_for_one(tenant, django_assert_num_queries, count):
    key = take(
        *[[f"Persona {n}", f"55123456{n:02}", "", f"AAA{n:03}A", "Seat Ibiza 2021", *[""] * 4] for n in range(count)]
    )
    run = check(key)
    start_import(key=key, by_id=1, now=NOW)

    with django_assert_num_queries(STATEMENTS):
        write_part(run.id, now=NOW)

    assert Customer.objects.count() == count


def test_programs_are_told_of_everybody_once(tenant):
    make_webhook(url="https://example.com/hook", events=["customer.created", "customer.erased"], now=NOW)

    run = bring_in(LAURA, MATEO)

    assert Event.objects.filter(kind="customer.created").count() == 2
    take_back(run.key)
    assert Event.objects.filter(kind="customer.erased").count() == 2
