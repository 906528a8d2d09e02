"""The pages of imports, from the file to undoing it."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from kernel.clock import utc_now
from scheduling.models import Booking, Customer, Import, ImportRow, Service
from scheduling.selectors.imports.runs import get_import
from scheduling.services.customers.records import create_customer
from scheduling.services.imports.working import end_import, work_on
from scheduling.types import SYSTEM, CustomerSetup
from scheduling.types.imports.rows import ImportView
from tests.factories.imports import make_checked_visits, make_visit_rows

QUERIES = 7
LIST = "/workspace/imports/"
HTMX = {"HTTP_HX_REQUEST": "true"}
FILE = "Nombre;Celular;Placas\nLaura Jiménez;55 1234 5601;NXP482A\n;5512345602;\n=CMD();5512345603;\n"


def send(client, text: str = FILE) -> str:
    chosen = SimpleUploadedFile("clientes.csv", text.encode("cp1252"))
    response = client.post(LIST, {"file": chosen})
    assert response.status_code == 302
    work()
    return response.url


def work() -> ImportView:
    run = Import.objects.latest("pk")
    work_on(run.pk, utc_now())
    return get_import(key=run.key)


def choose(client, page: str, **more) -> None:
    fields = {"column-0": "name", "column-1": "phone", "column-2": "asset.plate", "known": "fill"} | more
    assert client.post(f"{page}columns/", fields).url == page
    work()


def test_a_file_goes_all_the_way_and_back(tenant, owner_client):
    page = send(owner_client)

    shown = owner_client.get(page).content.decode()
    assert "clientes.csv" in shown
    assert 'value="asset.plate" selected' in shown
    choose(owner_client, page)
    shown = owner_client.get(page).content.decode()
    assert "Falta el nombre." in shown
    assert not Customer.objects.exists()
    assert owner_client.post(f"{page}start/").url == page
    work()
    owner = User.objects.get(role="owner")
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["=CMD()", "Laura Jiménez"]
    done = owner_client.get(f"{page}?only=created").content.decode()
    assert owner.name in done
    assert "Laura Jiménez" in done
    assert owner_client.post(f"{page}undo/").url == page
    assert work().state == "undone"
    assert not Customer.objects.exists()
    assert owner.name in owner_client.get(page).content.decode()


def test_rows_are_downloaded_with_reasons_and_without_formulas(tenant, owner_client):
    page = send(owner_client)
    choose(owner_client, page)

    answer = owner_client.get(f"{page}rows.csv?only=problems")
    odd = owner_client.get(f"{page}rows.csv?only=odd")

    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert rows[0][:4] == ["Nombre", "Celular", "Placas", "Línea"]
    assert rows[1][1:4] == ["5512345602", "", "3"]
    assert rows[1][5] == "Nombre: Falta el nombre."
    assert list(csv.reader(io.StringIO(odd.getvalue().decode("utf-8-sig"))))[1][0] == "'=CMD()"


def test_progress_follows_by_itself(tenant, owner_client):
    page = send(owner_client)
    fields = {"column-0": "name", "column-1": "phone", "column-2": "", "known": "skip"}
    owner_client.post(f"{page}columns/", fields)

    whole, part = owner_client.get(page).content.decode(), owner_client.get(page, **HTMX).content.decode()

    assert 'hx-trigger="load delay:2s' in whole
    assert "<html" not in part
    assert 'id="import-progress"' in part
    assert owner_client.post(f"{page}stop/").url == page
    assert get_import(key=Import.objects.get().key).state == "columns"


def test_what_undoing_left_is_listed(tenant, owner_client):
    page = send(owner_client)
    choose(owner_client, page)
    owner_client.post(f"{page}start/")
    work()
    Customer.objects.filter(name="Laura Jiménez").update(notes="Mía")
    owner_client.post(f"{page}undo/")
    work()

    shown = owner_client.get(page).content.decode()

    assert "Laura Jiménez" in shown
    assert "Alguien cambió a este cliente después." in shown
    assert (
        list(csv.reader(io.StringIO(owner_client.get(f"{page}rows.csv?only=kept").getvalue().decode("utf-8-sig"))))[1][
            0
        ]
        == "Laura Jiménez"
    )


def test_a_choice_that_cannot_be_is_refused_and_kept_on_the_page(tenant, owner_client):
    page = send(owner_client)

    answer = owner_client.post(f"{page}columns/", {"column-0": "name", "column-1": "name", "known": "surprise"})

    assert answer.status_code == 422
    assert answer.content.decode().count('value="name" selected') == 2
    assert get_import(key=Import.objects.get().key).state == "columns"


def test_a_file_is_read_while_the_page_says_how_far_it_is(tenant, owner_client):
    page = owner_client.post(LIST, {"file": SimpleUploadedFile("clientes.csv", FILE.encode("cp1252"))}).url

    waiting = owner_client.get(page).content.decode()
    asked = owner_client.get(page, **HTMX).content.decode()
    Import.objects.update(read_bytes=30, rows_count=7)
    halfway = owner_client.get(page, **HTMX).content.decode()
    work()
    read = owner_client.get(page, **HTMX).content.decode()

    assert "Se está leyendo el archivo" in waiting
    assert ('id="import-progress"' in asked, "<html" in asked) == (True, False)
    assert ("7 filas" in halfway, f'width="{100 * 30 // len(FILE.encode("cp1252"))}%"' in halfway) == (True, True)
    assert ('id="import-over"' in read, 'value="asset.plate" selected' in read) == (True, True)


def test_a_file_that_is_read_can_be_forgotten(tenant, owner_client):
    page = owner_client.post(LIST, {"file": SimpleUploadedFile("clientes.csv", FILE.encode())}).url

    assert f'action="{page}discard/"' in owner_client.get(page).content.decode()
    owner_client.post(f"{page}discard/")

    assert not Import.objects.exists()


def test_a_file_that_cannot_be_read_says_why_and_asks_for_another(tenant, owner_client):
    columns = ",".join(map(str, range(61)))
    chosen = SimpleUploadedFile("ancho.csv", f"{columns}\n{columns}\n".encode())
    page = owner_client.post(LIST, {"file": chosen, "kind": "bookings"}).url
    work()

    shown = owner_client.get(page).content.decode()

    assert "El archivo tiene más de 60 columnas." in shown
    assert ('role="alert"' in shown, 'type="file"' in shown, 'value="bookings" checked' in shown) == (True,) * 3
    assert "No se pudo leer" in owner_client.get(LIST).content.decode()


@pytest.mark.parametrize("data", [{}, {"file": SimpleUploadedFile("x.csv", b"")}])
def test_no_file_and_an_empty_one_are_told(tenant, owner_client, data):
    answer = owner_client.post(LIST, data)

    assert (answer.status_code, Import.objects.count()) == (422, 0)
    assert 'role="alert"' in answer.content.decode()


def test_the_same_file_again_is_told(tenant, owner_client):
    page = send(owner_client)
    choose(owner_client, page)
    owner_client.post(f"{page}start/")
    work()

    answer = owner_client.post(LIST, {"file": SimpleUploadedFile("x.csv", FILE.encode("cp1252"))})

    assert (answer.status_code, Import.objects.count()) == (409, 1)


def test_acts_out_of_turn_change_nothing(tenant, owner_client):
    page = send(owner_client)

    for act in ("start", "undo", "stop"):
        assert owner_client.post(f"{page}{act}/").url == page
    assert owner_client.post(f"{page}surprise/").status_code == 404
    assert get_import(key=Import.objects.get().key).state == "columns"
    assert owner_client.post(f"{page}discard/").url == LIST
    assert not Import.objects.exists()


def test_columns_out_of_turn_change_nothing(tenant, owner_client):
    page = send(owner_client)
    choose(owner_client, page)
    owner_client.post(f"{page}start/")

    assert owner_client.post(f"{page}columns/", {"column-0": "name"}).url == page
    assert get_import(key=Import.objects.get().key).state == "running"


def test_columns_can_be_chosen_again_before_it_begins(tenant, owner_client):
    page = send(owner_client)
    choose(owner_client, page)

    assert 'name="column-0"' in owner_client.get(f"{page}?columns=1").content.decode()


def test_an_import_whose_rows_are_gone_still_says_what_it_did(tenant, owner_client):
    page = send(owner_client)
    choose(owner_client, page)
    owner_client.post(f"{page}start/")
    run = work()
    Import.objects.update(ends_at=utc_now())
    end_import(run.id, utc_now())

    shown = owner_client.get(page).content.decode()

    assert "clientes.csv" not in shown
    assert f"{page}undo/" not in shown
    assert page in owner_client.get(LIST).content.decode()


def test_the_template_is_in_the_words_of_the_trade(tenant, owner_client):
    rows = list(csv.reader(io.StringIO(owner_client.get(f"{LIST}template.csv").content.decode("utf-8-sig"))))

    assert rows[0][:2] == ["Nombre", "Celular"]
    assert rows[1][0] == "Laura Jiménez Ríos"


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_of_rows_asks_as_often_for_many_as_for_one(tenant, owner_client, django_assert_num_queries, count):
    page = send(owner_client, "Nombre;Celular;Placas\n" + ";5512345602;\n" * count)
    choose(owner_client, page)
    owner_client.get(page)

    with django_assert_num_queries(QUERIES):
        owner_client.get(page)


def test_more_rows_than_a_page_lead_on(tenant, owner_client):
    page = send(owner_client, "Nombre;Celular;Placas\n" + ";5512345602;\n" * 60)
    choose(owner_client, page)

    assert "Filas siguientes" in owner_client.get(page).content.decode()
    assert "Filas siguientes" not in owner_client.get(f"{page}?only=problems&after=51").content.decode()


def test_known_customers_are_left_alone_when_asked(tenant, owner_client):
    create_customer(setup=CustomerSetup("Laura Jiménez"), by=SYSTEM, now=utc_now())
    page = send(owner_client, "Nombre\nLaura Jiménez\n")
    owner_client.post(f"{page}columns/", {"column-0": "name", "known": "skip"})

    assert work().plans["skipped"] == 1


def send_visits(client) -> str:
    chosen = SimpleUploadedFile("citas.csv", make_visit_rows().encode())
    page = client.post(LIST, {"file": chosen, "kind": "bookings"}).url
    work()
    return page


def test_visits_go_all_the_way_with_what_was_chosen(tenant, owner_client):
    service = Service.objects.filter(is_active=True).order_by("position").first()
    page = send_visits(owner_client)
    shown = owner_client.get(page).content.decode()
    assert 'name="order" value="found" checked' in shown
    assert f'<option value="{service.pk}">' in shown
    fields = {f"column-{n}": key for n, key in enumerate(("name", "phone", "date", "time", "service", "length"))}
    chosen = {"order": "day", "clashes": "leave", "told": "reminders", "service": str(service.pk)}

    assert owner_client.post(f"{page}columns/", fields | chosen).url == page
    work()

    odd = owner_client.get(f"{page}?only=odd").content.decode()
    assert f"se agenda como {service.name}" in odd
    ready = owner_client.get(page).content.decode()
    assert "Esta fecha no existe." in ready
    assert "recibirán el recordatorio" in ready
    assert 'name="told" value="reminders" checked' in owner_client.get(f"{page}?columns=1").content.decode()
    owner_client.post(f"{page}start/")
    run = work()
    assert Booking.objects.filter(source="import").count() == run.counts["created"] > 0
    rows = list(
        csv.reader(io.StringIO(owner_client.get(f"{page}rows.csv?only=created").getvalue().decode("utf-8-sig")))
    )
    assert rows[1][7] == "Cita nueva"
    assert "Cita nueva" in owner_client.get(f"{page}?only=created").content.decode()
    owner_client.post(f"{page}undo/")
    work()
    assert not Booking.objects.filter(source="import").exists()


def test_what_was_chosen_about_visits_stays_on_a_refused_page(tenant, owner_client):
    page = send_visits(owner_client)

    answer = owner_client.post(
        f"{page}columns/", {"column-0": "name", "told": "all", "service": "٣", "order": "surprise"}
    )

    shown = answer.content.decode()
    assert (answer.status_code, "Indica qué columna tiene la fecha." in shown) == (422, True)
    assert 'name="told" value="all" checked' in shown
    assert 'name="order" value="found" checked' in shown


def test_the_template_of_visits_has_a_service_and_a_day_to_come(tenant, owner_client):
    answer = owner_client.get(f"{LIST}template.csv?kind=bookings")

    head, example = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert head[:3] == ["Fecha y hora", "Duración", "Servicio"]
    assert example[2] in set(Service.objects.values_list("name", flat=True))


def test_the_kind_that_was_chosen_stays_with_a_problem(tenant, owner_client):
    shown = owner_client.post(LIST, {"kind": "bookings"}).content.decode()

    assert 'value="bookings" checked' in shown


def test_visits_that_are_told_say_so_before(tenant, owner_client):
    key = make_checked_visits()
    Import.objects.update(options={"told": "all"})

    assert "recibirán una confirmación" in owner_client.get(f"{LIST}{key}/").content.decode()


def test_a_wrong_cell_is_mended_in_the_page(tenant, owner_client):
    page = send(owner_client)
    choose(owner_client, page)
    shown = owner_client.get(page).content.decode()
    assert 'name="cell-0" value=""' in shown
    assert 'name="cell-1"' not in shown

    answer = owner_client.post(
        f"{page}rows/3/", {"cell-0": "Mateo Ríos", "only": "problems", "reason": "", "after": ""}
    )

    assert answer.url == f"{page}?only=problems&reason=&after=#line-3"
    assert "Importar 3 filas" in owner_client.get(page).content.decode()
    assert "Mateo Ríos" in owner_client.get(f"{page}?only=created").content.decode()


def test_a_part_of_the_page_follows_what_was_mended(tenant, owner_client):
    page = send(owner_client)
    choose(owner_client, page)

    wrong = owner_client.post(f"{page}rows/3/", {"cell-0": "x" * 121}, **HTMX).content.decode()
    right = owner_client.post(f"{page}rows/3/", {"cell-0": "Mateo Ríos", "only": "problems"}, **HTMX).content.decode()

    assert f"{'x' * 121}</textarea>" in wrong
    assert "El nombre puede tener" in wrong
    assert "<html" not in right
    assert 'id="line-3"' in right
    assert "Esta línea ya se puede importar." in right
    assert right.count('hx-swap-oob="true"') == 3
    assert "Importar 3 filas" in right


def test_a_word_is_mended_everywhere_and_all_rows_are_checked_again(tenant, owner_client):
    service = Service.objects.filter(is_active=True).order_by("position").first()
    key = make_checked_visits()
    page = f"{LIST}{key}/"
    ImportRow.objects.filter(number=4).update(cells=ImportRow.objects.get(number=2).cells)
    assert 'name="everywhere"' in owner_client.get(page).content.decode()
    fields = {"cell-4": service.name, "everywhere": "on"}

    answer = owner_client.post(f"{page}rows/2/", fields, **HTMX)

    assert (answer.headers["HX-Redirect"], get_import(key=key).state) == (page, "checking")
    refused = owner_client.post(f"{page}rows/2/", fields, **HTMX)
    assert refused.headers["HX-Redirect"].startswith(f"{page}?")
    assert owner_client.post(f"{page}rows/2/", fields).url.startswith(f"{page}?")
    work()
    fields["cell-4"] = "Otra cosa"
    assert owner_client.post(f"{page}rows/2/", fields).url == page


def test_a_line_that_is_not_there_is_not_found(tenant, owner_client):
    key = make_checked_visits()

    assert owner_client.post(f"{LIST}{key}/rows/99/", {"cell-0": "x"}).status_code == 404


def test_names_in_two_columns_and_vehicles_in_one_are_mended_there(tenant, owner_client):
    page = send(owner_client, "Nombres,Apellidos,Auto,Placas\n,,Nissan Versa 2099,NXP482A\n")
    fields = {"column-0": "first_name", "column-1": "last_name", "column-2": "asset", "column-3": "asset.plate"}
    owner_client.post(f"{page}columns/", fields | {"known": "fill"})
    work()

    shown = owner_client.get(page).content.decode()

    assert [f'name="cell-{number}"' in shown for number in range(4)] == [True, True, True, False]
