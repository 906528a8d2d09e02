"""What people take along: everything of the business, no way in; and a new business made of it is the same."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import connection

from accounts.models import Session, User
from devtools.scratch.browser import HostClient
from files.models import StoredFile
from files.selectors.files import read_public
from kernel.clock import utc_now
from scheduling.models import Booking, Customer
from scheduling.services.messages.manage_tokens import make_manage_token
from tenants.context import tenant_scope
from tenants.errors import SlugTaken
from tenants.models import DueWork, Tenant
from tenants.services.copies import imports, tables
from tenants.services.copies.exports import export
from tenants.services.copies.imports import import_business
from tenants.services.workplaces import list_workplaces
from tests.fakes.due_work import perform_all
from tests.integration.tenants.copies.conftest import NAME, PICTURES, list_files


def read(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as source:
        assert source.testzip() is None
        return {name: source.read(name) for name in source.namelist()}


def read_sheet(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_workbook(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        return {name: source.read(name).decode() for name in source.namelist()}


def rewrite(path: Path, target: Path, changes: dict[str, bytes], *, is_honest: bool = True) -> Path:
    """Write an export with other contents; honest: its list of sums says so."""
    import hashlib

    entries = read(path) | changes
    told = json.loads(entries["manifest.json"])
    if is_honest and "manifest.json" not in changes:
        told["sums"] |= {name: hashlib.sha256(content).hexdigest() for name, content in changes.items()}
        entries["manifest.json"] = json.dumps(told).encode()
    with zipfile.ZipFile(target, "w") as written:
        for name, content in entries.items():
            written.writestr(name, content)
    return target


def test_every_table_is_in_it_as_document_sheet_and_workbook(exported, shop):
    entries = read(exported)
    data = {name for name in entries if name.startswith("data/") and name != "data/due_work.json"}

    kinds = {
        kind: {name.removesuffix(kind) for name in data if name.endswith(kind)} for kind in (".json", ".csv", ".xlsx")
    }
    assert kinds[".json"] == kinds[".csv"] == kinds[".xlsx"]
    bookings = json.loads(entries["data/scheduling.Booking.json"])
    assert [row["reference"] for row in read_sheet(entries["data/scheduling.Booking.csv"])] == [
        row["reference"] for row in bookings
    ]
    assert len(bookings) == 3
    book = read_workbook(entries["data/scheduling.Booking.xlsx"])
    assert 'name="Booking"' in book["xl/workbook.xml"]
    sheet = book["xl/worksheets/sheet1.xml"]
    assert sheet.count("<row ") == 1 + len(bookings)
    assert [sheet.count(f">{value}<") for value in ("+525512345678", bookings[0]["reference"])] == [3, 1]
    assert f">{bookings[0]['starts_at']}<" in sheet
    assert {"README.md", "business.json", "manifest.json", "sheets/bookings.csv", "sheets/customers.csv"} <= set(
        entries
    )
    assert NAME in entries["README.md"].decode()
    assert json.loads(entries["business.json"])["name"] == NAME


def test_it_says_how_far_it_is(shop, tmp_path):
    heard: list[tuple[int, int]] = []

    export(slug=shop.info.slug, path=tmp_path / "x.zip", now=utc_now(), tell=lambda *each: heard.append(each))

    of = heard[0][1]
    assert heard == [(done, of) for done in range(of + 1)]
    assert of > 5


def test_sheets_are_for_people(exported, shop):
    entries = read(exported)
    bookings, customers = (read_sheet(entries[f"sheets/{name}.csv"]) for name in ("bookings", "customers"))

    assert [(row["customer"], row["time"], row["time_zone"]) for row in bookings] == [
        ("Ana Pérez", time, "UTC") for time in ("09:00", "10:00", "11:00")
    ]
    assert bookings[0]["phone"] == "'+525512345678"
    assert (customers[0]["name"], customers[0]["bookings"]) == ("Ana Pérez", "3")
    assert entries["sheets/bookings.csv"].startswith(b"\xef\xbb\xbf")


def test_every_sheet_is_a_workbook_too(exported):
    entries = read(exported)
    sheets = {name.removesuffix(".csv"): read_sheet(entries[name]) for name in entries if name.endswith(".csv")}
    sheets = {name: rows for name, rows in sheets.items() if name.startswith("sheets/")}

    books = {name: read_workbook(entries[f"{name}.xlsx"])["xl/worksheets/sheet1.xml"] for name in sheets}

    assert len(sheets) >= 4
    assert {name: book.count("<row ") for name, book in books.items()} == {
        name: len(rows) + 1 for name, rows in sheets.items()
    }
    assert books["sheets/bookings"].count(">Ana Pérez<") == 3
    assert books["sheets/bookings"].count(">+525512345678<") == 3
    assert books["sheets/bookings"].count(f"<v>{9 / 24}</v>") == 1
    assert "America/Mexico_City" in entries["README.md"].decode()


def test_formulas_are_disarmed_in_sheets_and_whole_in_documents(changed_shop, tmp_path):
    with tenant_scope(changed_shop.info):
        Customer.objects.update(notes='=HYPERLINK("http://x")')

    entries = read(export(slug=changed_shop.info.slug, path=tmp_path / "x.zip", now=utc_now()).path)

    assert read_sheet(entries["sheets/customers.csv"])[0]["notes"] == '\'=HYPERLINK("http://x")'
    assert json.loads(entries["data/scheduling.Customer.json"])[0]["notes"] == '=HYPERLINK("http://x")'


def test_no_way_in_is_in_it(exported, shop, tmp_path):
    client = HostClient(shop.info.primary_host)
    client.post("/accounts/login/", {"login": "ana@example.com", "password": "un-secreto-largo"})
    with tenant_scope(shop.info):
        ways_in = {
            "passwords": list(User.objects.exclude(password="").values_list("password", flat=True)),
            "sessions": list(Session.objects.values_list("session_key", flat=True)),
            "hashes": list(Booking.objects.values_list("token_hash", flat=True)),
            "links": [make_manage_token(booking) for booking in Booking.objects.all()],
        }
    path = export(slug=shop.info.slug, path=tmp_path / "later.zip", now=utc_now()).path

    content = b"\n".join(read(path).values())

    assert [kind for kind, secrets in ways_in.items() if not all(secrets) or not secrets] == []
    assert [kind for kind, secrets in ways_in.items() if any(each.encode() in content for each in secrets)] == []
    assert b"ana@example.com" in content


def test_imported_business_is_the_one_that_was_exported(exported, shop, run, slug, folder):
    said = run("import_tenant", exported, "--as", slug)

    new = Tenant.objects.get(slug=slug)
    again = read(Path(run("export_tenant", slug, "--to", exported.with_name("again.zip"))[-1]))
    before = read(exported)
    same = {name for name in before if name.startswith(("data/", "sheets/", "files/"))}
    assert {name: again[name] for name in same} == {name: before[name] for name in same}
    assert len(same) > 80
    own = ("slug", "host", "exported_at")
    old_row, new_row = (json.loads(each["business.json"]) for each in (before, again))
    assert {key: value for key, value in new_row.items() if key not in own} == {
        key: value for key, value in old_row.items() if key not in own
    }
    assert (new.status, new.entitlements, new.name) == ("trial", {}, NAME)
    assert len(list_files(folder / new.schema_name)) == len(PICTURES)
    assert said[-1] == f"It answers at {slug}.testserver.example"
    assert any("new password by mail" in line for line in said)


def test_export_with_fewer_kinds_of_tables_comes_back(exported, slug, tmp_path):
    """Versions before November 2026 wrote no workbooks of ``data/``."""
    entries = {
        name: content for name, content in read(exported).items() if not name.startswith("data/") or ".xlsx" not in name
    }
    told = json.loads(entries["manifest.json"])
    told["sums"] = {name: digest for name, digest in told["sums"].items() if name in entries}
    older = tmp_path / "older.zip"
    with zipfile.ZipFile(older, "w") as written:
        for name, content in (entries | {"manifest.json": json.dumps(told).encode()}).items():
            written.writestr(name, content)

    done = import_business(path=older, slug=slug, now=utc_now())

    assert (done.tables, done.rows) == (len(told["tables"]), sum(told["tables"].values()))
    with tenant_scope(done.tenant):
        assert Booking.objects.count() == 3


def test_imported_business_works(shop, slug, tmp_path):
    perform_all(shop.info.schema_name, "event")
    path = export(slug=shop.info.slug, path=tmp_path / "x.zip", now=utc_now()).path
    done = import_business(path=path, slug=slug, now=utc_now())
    client = HostClient(done.tenant.primary_host)

    refused = client.post("/accounts/login/", {"login": "ana@example.com", "password": "un-secreto-largo"})
    with tenant_scope(done.tenant):
        token = make_manage_token(Booking.objects.order_by("pk").first())
        key = StoredFile.objects.get().key
        assert read_public(key, "480.webp").content == PICTURES["480.webp"]
        assert [user.has_usable_password() for user in User.objects.all()] == [False, False]
        assert {user.password_changed_at for user in User.objects.all()} == {None}
        with connection.cursor() as cursor:
            numbers = tables.list_sequences(cursor, shop.info.schema_name)
            assert (
                tables.list_sequences(cursor, done.tenant.schema_name)["scheduling_customer_number"]
                == numbers["scheduling_customer_number"]
            )
    due = DueWork.objects.filter(schema_name=done.tenant.schema_name)
    assert refused.status_code == 200
    assert HostClient(done.tenant.primary_host).get(f"/b/{token}/").status_code == 200
    assert HostClient(done.tenant.primary_host).get(f"/b/{shop.token}/").status_code == 404
    assert set(due.values_list("kind", flat=True)) == {"reminder"}
    assert done.tenant.schema_name in {each.schema_name for each in list_workplaces("ana@example.com")}


def test_nobody_loses_their_place_and_no_file_is_overwritten(exported, shop, run, count):
    before, content = count(), exported.read_bytes()

    with pytest.raises(CommandError, match="already taken"):
        run("import_tenant", exported, "--as", shop.info.slug)
    with pytest.raises(CommandError, match="exists already, and was left as it is") as refused:
        run("export_tenant", shop.info.slug, "--to", exported)
    assert "Nothing of it is left" not in str(refused.value)
    with pytest.raises(CommandError, match="No business has the address"):
        run("export_tenant", "nobody-here", "--to", exported.with_name("other.zip"))

    assert (count(), exported.read_bytes()) == (before, content)
    assert [path.name for path in exported.parent.iterdir()] == [exported.name]


def test_address_that_is_left_while_its_row_waits_is_taken(exported, left_slug, count, folder, monkeypatch):
    monkeypatch.setattr(imports, "check_slug_is_free", lambda slug: slug)
    before, files = count(), list_files(folder)

    with pytest.raises(SlugTaken):
        import_business(path=exported, slug=left_slug, now=utc_now())

    assert (count(), list_files(folder)) == (before, files)


@pytest.mark.parametrize("kind", ["empty", "cut", "letter", "other zip", "changed", "more", "format"])
def test_what_is_no_export_is_refused(exported, run, count, folder, slug, kind, tmp_path):
    path, content = tmp_path / "spoiled.zip", exported.read_bytes()
    if kind in {"empty", "cut", "letter"}:
        path.write_bytes({"empty": b"", "cut": content[:-100], "letter": b"Dear import"}[kind])
    elif kind == "other zip":
        with zipfile.ZipFile(path, "w") as other:
            other.writestr("note.txt", "hello")
    elif kind == "format":
        rewrite(exported, path, {"manifest.json": b'{"format": 2}'})
    else:
        name = {"changed": "data/scheduling.Booking.json", "more": "data/more.json"}[kind]
        rewrite(exported, path, {name: b"[]"}, is_honest=False)
    before, files = count(), list_files(folder)

    with pytest.raises(CommandError):
        run("import_tenant", path, "--as", slug)

    assert (count(), list_files(folder)) == (before, files)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("business.json", b"[]"),
        ("business.json", b"{"),
        ("business.json", b"[" * 100_000),
        ("business.json", b'{"name": "x", "vertical": "none"}'),
        ("business.json", b'{"name": "x", "vertical": "automotive"}'),
        ("data/scheduling.Booking.json", b"[\n{}\n]\n"),
        ("data/scheduling.Booking.json", b"[\nhello\n]\n"),
        ("data/scheduling.Booking.json", b"[\n]\n"),
        ("data/scheduling.Location.json", b"[\n]\n"),
        ("data/due_work.json", b'[{"kind": "reminder"}]'),
        ("data/due_work.json", b'{"kind": "reminder"}'),
        ("data/due_work.json", b'[{"kind": "reminder", "row_id": Infinity}]'),
        ("data/scheduling.Booking.json", b"[\n\xff\n]\n"),
        ("business.json", b'{"name": "x", "vertical": "automotive", "next_numbers": 7}'),
    ],
)
def test_what_somebody_wrote_by_hand_is_refused_when_it_cannot_be(
    exported, run, count, folder, slug, tmp_path, name, content
):
    path = rewrite(exported, tmp_path / "changed.zip", {name: content})
    before, files = count(), list_files(folder)

    with pytest.raises(CommandError, match="cannot be read"):
        run("import_tenant", path, "--as", slug)

    assert (count(), list_files(folder)) == (before, files)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("sums", []),
        ("tables", []),
        ("tables", {"scheduling.Booking": "3"}),
        ("tables", {"scheduling.Nothing": 0}),
        ("files", "x"),
        ("files", ["files/none.webp"]),
        ("exported_at", "soon"),
    ],
)
def test_list_that_somebody_wrote_by_hand_is_refused(exported, run, count, folder, slug, tmp_path, name, wrong):
    told = json.loads(read(exported)["manifest.json"]) | {name: wrong}
    path = rewrite(exported, tmp_path / "changed.zip", {"manifest.json": json.dumps(told).encode()})
    before, files = count(), list_files(folder)

    with pytest.raises(CommandError):
        run("import_tenant", path, "--as", slug)

    assert (count(), list_files(folder)) == (before, files)


@pytest.mark.parametrize("longest", ["LARGEST", "LONGEST_ROW"])
def test_what_unfolds_without_end_is_not_held_in_memory(exported, run, count, folder, slug, monkeypatch, longest):
    monkeypatch.setattr(imports, longest, 20)
    before, files = count(), list_files(folder)

    with pytest.raises(CommandError, match="cannot be read"):
        run("import_tenant", exported, "--as", slug)

    assert (count(), list_files(folder)) == (before, files)


def test_nobody_becomes_an_operator_by_an_import(exported, run, count, slug, tmp_path):
    rows = json.loads(read(exported)["data/accounts.User.json"])
    changed = "[\n" + ",\n".join(json.dumps(row | {"role": "operator"}) for row in rows) + "\n]\n"
    path = rewrite(exported, tmp_path / "changed.zip", {"data/accounts.User.json": changed.encode()})
    before = count()

    with pytest.raises(CommandError, match="cannot be read"):
        run("import_tenant", path, "--as", slug)

    assert count() == before


def test_what_the_platform_decides_is_not_taken_from_an_export(exported, slug, tmp_path):
    business = json.loads(read(exported)["business.json"])
    wanted = {
        "status": "active",
        "entitlements": {"sms": 9999},
        "is_example": True,
        "former_schemas": ["t1_x"],
        "id": 1,
    }
    path = rewrite(exported, tmp_path / "changed.zip", {"business.json": json.dumps(business | wanted).encode()})

    done = import_business(path=path, slug=slug, now=utc_now())

    row = Tenant.objects.get(slug=slug)
    assert (row.pk, row.status, row.entitlements, row.is_example, row.former_schemas) == (
        done.tenant.id, "trial", {}, False, [],
    )  # fmt: skip
    assert done.tenant.id != 1
