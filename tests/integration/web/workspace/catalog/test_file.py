"""The catalog as a file: what is downloaded can be imported again, and nothing is imported by half."""

from __future__ import annotations

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scheduling.models import AddOn, Resource, ResourceType, Service
from tests.conftest import HostClient

ADDRESS, LIST = "/workspace/services/file/", "/workspace/services/"
DOWNLOAD = f"{ADDRESS}services.csv"


def upload(client: HostClient, body: str | bytes):
    sent = body if isinstance(body, bytes) else body.encode()
    return client.post(ADDRESS, {"file": SimpleUploadedFile("s.csv", sent, content_type="text/csv")})


def confirm(client: HostClient, answer):
    page = answer.content.decode()
    text = html.unescape(re.search(r'<textarea name="text" hidden>\n(.*?)</textarea>', page, re.DOTALL)[1])
    seen = re.search(r'name="seen" value="(\w*)"', page)[1]
    return client.post(ADDRESS, {"text": re.sub(r"\r?\n", "\r\n", text), "seen": seen, "do": "save"})


def read_errors(answer) -> list[str]:
    found = re.findall(
        r"<li>(.*?)</li>", answer.content.decode().partition('id="problems"')[2].partition("</section>")[0], re.DOTALL
    )
    return [" ".join(html.unescape(re.sub("<.*?>", "", each)).split()) for each in found]


def take_picture() -> list[tuple[object, ...]]:
    services = Service.objects.order_by("pk").values_list("pk", "version", "name", "price_minor", "duration_minutes")
    return [*services, *AddOn.objects.order_by("pk").values_list("pk", "version", "name", "price_minor", "minutes")]


@pytest.fixture
def oil(tenant) -> Service:
    Service.objects.update(is_sample=False)
    return Service.objects.order_by("position").first()


def test_what_was_downloaded_changes_nothing(owner_client, oil):
    before = take_picture()
    body = owner_client.get(f"{DOWNLOAD}?lang=es").content

    answer = upload(owner_client, body)

    page = html.unescape(answer.content.decode())
    assert (answer.status_code, "0 nuevos, 0 cambiados" in page, 'value="save"' in page) == (200, True, False)
    assert body.decode("utf-8-sig").startswith("Número,Nombre,Extra de,")
    assert take_picture() == before


def test_a_file_is_seen_before_it_is_saved(owner_client, oil):
    before = take_picture()
    body = (
        "name;extra_of;category;price;duration_minutes;needs;online\n"
        "Alineación;;Llantas;1250,50;45;1 mecánico 0-30 + 1 elevador;no\n".replace("1250,50", "1250.50")
        + f"{oil.name};;;999;;;\n"
        "Lavado de motor;Alineación;;150;20;;\n"
    )

    preview = upload(owner_client, body)

    page = html.unescape(preview.content.decode())
    assert (preview.status_code, "2 nuevos, 1 cambiado" in page, "$999" in page, take_picture() == before) == (
        200, True, True, True,
    )  # fmt: skip

    answer = confirm(owner_client, preview)

    made = Service.objects.get(name="Alineación")
    oil.refresh_from_db()
    assert (answer.status_code, answer["Location"], oil.price_minor) == (302, LIST, 99_900)
    assert (made.price_kind, made.price_minor, made.duration_minutes, made.category, made.is_online) == (
        "fixed", 125_050, 45, "Llantas", False,
    )  # fmt: skip
    assert list(made.requirements.values_list("quantity", "starts_after_minutes", "duration_minutes")) == [
        (1, 0, 30), (1, 0, None),
    ]  # fmt: skip
    assert list(made.add_ons.values_list("name", "price_minor", "minutes")) == [("Lavado de motor", 15_000, 20)]


def test_a_service_can_be_renamed_by_its_number(owner_client, oil):
    confirm(owner_client, upload(owner_client, f"id,name\n{oil.pk},Aceite nuevo\n"))

    oil.refresh_from_db()
    assert oil.name == "Aceite nuevo"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("name,duration_minutes\nA,0\nB,100000\n", ["Línea 2, duration_minutes:", "Línea 3, duration_minutes:"]),
        ("name,duration_minutes,price\nA,30,12.34567\n", ["Línea 2, price:"]),
        ("name,duration_minutes,price\nA,30,1.000\n", ["Línea 2, price:"]),
        ("name,duration_minutes,price\nA,30,-5\n", ["Línea 2, price:"]),
        ("name,duration_minutes,step_minutes\nA,30,1441\n", ["Línea 2, step_minutes:"]),
        ("name,duration_minutes\nA,30\na,30\n", ["Línea 3, name:"]),
        ("name,duration_minutes\n,30\n", ["Línea 2, name:"]),
        ("name\nA\n", ["Línea 2, duration_minutes:"]),
        ("name,duration_minutes\n" + "x" * 10_000 + ",30\n", ["Línea 2, name:"]),
        ("name,duration_minutes,needs\nA,30,2 dragones\n", ["Línea 2, needs:"]),
        ("name,duration_minutes,needs\nA,30,٢ mecánico\n", ["Línea 2, needs:"]),
        ("name,duration_minutes,needs\nA,30,1 mecánico 20-10\n", ["Línea 2, needs:"]),
        (f'name,duration_minutes,needs\nA,30,"x{" " * 3900}("\n', ["Línea 2, needs:"]),
        (f"name,duration_minutes,needs\nA,30,{'x' * 3900}(\n", ["Línea 2, needs:"]),
        ("name,duration_minutes,needs\nA,30,1 mecánico 20-90\n", ["Línea 2, needs:"]),
        ("name,duration_minutes,online\nA,30,quizá\n", ["Línea 2, online:"]),
        ("name,duration_minutes,price_kind\nA,30,from\n", ["Línea 2, price:"]),
        ("name,duration_minutes,price_kind\nA,30,caro\n", ["Línea 2, price_kind:"]),
        ("id,name\n99999,A\n", ["Línea 2, id:"]),
        ("id,name\nuno,A\n", ["Línea 2, id:"]),
        ("name,extra_of,price\nX,Nadie,5\n", ["Línea 2, extra_of:"]),
        ("name,duration_minutes\nA,30,40\n", ["Línea 2:"]),
        ("nom,duration_minutes\nA,30\n", ["La primera línea"]),
        ("nombre;duración (min)\nA;0\n", ["Línea 2, duración (min):"]),
        ("Nombre,Nombre en inglés,Duración (min)\nA," + "x" * 121 + ",30\n", ["Línea 2, Nombre en inglés:"]),
        ("Nombre,name,duration_minutes\nA,B,30\n", ["Dos columnas"]),
        ("name,color\nA,rojo\n", ["Columnas desconocidas: color."]),
        ("name,name\nA,B\n", ["Dos columnas"]),
        ("name\n", ["No hay nada"]),
        ("", ["La primera línea"]),
        ('name,duration_minutes\n"A,30\n', ["Esto no es una tabla"]),
        (b"\x00\x01\x02", ["Esto no es texto"]),
        ("name,duration_minutes\n" + "A,30\n" * 1001, ["Máximo 1000"]),
    ],
)  # fmt: skip
def test_one_wrong_line_imports_nothing(owner_client, oil, body, expected):
    before = take_picture()

    answer = upload(owner_client, body)

    errors = read_errors(answer)
    assert (answer.status_code, take_picture()) == (422, before)
    assert [text.startswith(start) for text, start in zip(errors, expected, strict=True)] == [True] * len(expected), (
        errors
    )


def test_cut_offs_are_set_for_all_services_at_once(owner_client, oil):
    body = "name;cancel_cutoff_minutes;Mover hasta (min)\n" + f"{oil.name};1440;240\n"

    answer = confirm(owner_client, upload(owner_client, body))
    refused = upload(owner_client, f"name;cancel_cutoff_minutes\n{oil.name};9999999\n")

    oil.refresh_from_db()
    assert (answer.status_code, oil.cancel_cutoff_minutes, oil.move_cutoff_minutes) == (302, 1440, 240)
    assert [each.split(":")[0] for each in read_errors(refused)] == ["Línea 2, cancel_cutoff_minutes"]


@pytest.mark.parametrize("encode", ["utf-8-sig", "utf-16", "cp1252", "utf-8"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators_of_spreadsheets_are_understood(owner_client, oil, encode, separator):
    body = "\r\n".join(separator.join(row) for row in (["name", "duration_minutes"], ["Pintura añeja", "45"]))

    confirm(owner_client, upload(owner_client, body.encode(encode)))

    assert Service.objects.get(name="Pintura añeja").duration_minutes == 45


def test_a_formula_leaves_as_text_and_comes_back_as_it_was(owner_client, oil):
    Service.objects.filter(pk=oil.pk).update(description="=1+1", name="@nombre")

    body = owner_client.get(DOWNLOAD).content.decode("utf-8-sig")
    answer = upload(owner_client, body)

    assert ("'=1+1" in body, "'@nombre" in body, ",=1+1" in body) == (True, True, False)
    assert "0 nuevos, 0 cambiados" in html.unescape(answer.content.decode())


def test_what_changed_meanwhile_is_shown_again(owner_client, oil):
    preview = upload(owner_client, f"name,price\n{oil.name},999\n")
    Service.objects.filter(pk=oil.pk).update(price_minor=50_000, price_kind="fixed")

    answer = confirm(owner_client, preview)

    oil.refresh_from_db()
    assert (answer.status_code, oil.price_minor) == (200, 50_000)
    assert "Alguien cambió servicios" in html.unescape(answer.content.decode())
    assert confirm(owner_client, answer).status_code == 302
    oil.refresh_from_db()
    assert oil.price_minor == 99_900


def test_markup_bidi_and_emoji_are_text(owner_client, oil):
    preview = upload(owner_client, "name,duration_minutes\n<script>x</script>\u202e🙂,30\n")

    assert "<script>x" not in preview.content.decode()
    confirm(owner_client, preview)
    assert Service.objects.filter(name="<script>x</script>🙂").exists()


def test_people_by_name_stay_as_they_are(owner_client, oil):
    person = Resource.objects.filter(resource_type__is_person=True, is_active=True).first()
    oil.requirements.first().resources.add(person, through_defaults={"position": 0})
    body = owner_client.get(DOWNLOAD).content

    answer = upload(owner_client, body)

    assert b",*," in body
    assert "0 nuevos, 0 cambiados" in html.unescape(answer.content.decode())


def test_five_hundred_services_are_imported_together(owner_client, tenant):
    kind = ResourceType.objects.filter(is_person=True).order_by("pk").first()
    rows = "".join(f"S{number},30,{number},1 {kind.name}\n" for number in range(500))

    answer = confirm(owner_client, upload(owner_client, f"name,duration_minutes,price,needs\n{rows}"))

    made = Service.objects.filter(name__regex=r"^S\d+$")
    assert (answer.status_code, made.count(), made.get(name="S499").price_minor) == (302, 500, 49_900)


def test_the_template_can_be_imported(owner_client, oil):
    body = owner_client.get(f"{DOWNLOAD}?template=1").content

    answer = upload(owner_client, body)

    assert (answer.status_code, read_errors(answer)) == (200, [])


@pytest.mark.parametrize("role", ["receptionist", "read_only", "provider"])
def test_who_may_not_set_up_services_gets_no_file(staff_client, oil, role):
    client, before = staff_client(role), take_picture()

    answers = [client.get(ADDRESS), client.get(DOWNLOAD), upload(client, "name,duration_minutes\nA,30\n")]

    assert ([each.status_code for each in answers], take_picture()) == ([403] * 3, before)


@pytest.mark.parametrize("language", ["es", "en"])
def test_heads_of_both_languages_are_understood_whoever_reads_them(owner_client, oil, language):
    Service.objects.filter(pk=oil.pk).update(
        texts=[{"language": "en", "name": "Oil change", "description": "", "category": ""}]
    )
    AddOn.objects.filter(service=oil).delete()
    AddOn.objects.create(service=oil, name="Lavado", texts=[{"language": "en", "name": "Wash"}])
    body = owner_client.get(f"{DOWNLOAD}?lang={language}").content.decode("utf-8-sig")

    answer = owner_client.post(
        f"{ADDRESS}?lang=es", {"file": SimpleUploadedFile("s.csv", body.encode(), content_type="text/csv")}
    )

    assert ("Oil change" in body, "Wash" in body) == (True, True)
    assert ("Nombre en inglés" in body) == (language == "es")
    assert "0 nuevos, 0 cambiados" in html.unescape(answer.content.decode())


def test_texts_in_the_other_language_are_imported_and_an_empty_cell_leaves_them(owner_client, oil):
    Service.objects.filter(pk=oil.pk).update(
        texts=[{"language": "en", "name": "Old", "description": "Stays", "category": ""}]
    )
    body = (
        f"Nombre;Extra de;Nombre en inglés;category_en;description_en\n{oil.name};;New;Upkeep;\nCera;{oil.name};Wax;;\n"
    )

    confirm(owner_client, upload(owner_client, body))

    oil.refresh_from_db()
    assert oil.texts == [{"language": "en", "name": "New", "description": "Stays", "category": "Upkeep"}]
    assert [each["name"] for each in AddOn.objects.get(name="Cera").texts] == ["Wax"]


def test_prices_leave_to_the_last_coin(owner_client, oil):
    Service.objects.filter(pk=oil.pk).update(price_minor=10**15 - 7, price_kind="fixed")

    body = owner_client.get(DOWNLOAD).content.decode("utf-8-sig")
    listed = owner_client.get(f"{LIST}?export=1").content.decode("utf-8-sig")

    assert ("9999999999999.93" in body, "9999999999999.93" in listed) == (True, True)


def test_extras_are_locked_while_a_file_is_imported(owner_client, oil):
    with CaptureQueriesContext(connection) as asked:
        upload(owner_client, f"name,extra_of\nCera,{oil.name}\n")

    locked = [
        each["sql"] for each in asked if 'FROM "scheduling_addon"' in each["sql"] and "FOR NO KEY UPDATE" in each["sql"]
    ]
    assert len(locked) == 1
