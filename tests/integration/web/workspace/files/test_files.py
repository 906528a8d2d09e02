"""The set-up as files: what is downloaded can be imported again, and nothing is imported by half."""

from __future__ import annotations

import csv
import html
import io

import pytest

from scheduling.enums import RuleScope
from scheduling.models import Booking, CapacityRule, Location, Resource, ResourceType, Service, WorkingHours
from tests.integration.web.workspace.changes.test_review import read_review
from tests.integration.web.workspace.conftest import book
from tests.integration.web.workspace.files.conftest import File, read_errors, read_summary, take_picture

KEYS = ["resource_types", "resources", "rules", "hours"]
SAME = "0 nuevos, 0 cambiados"


@pytest.fixture
def filled(tenant) -> Resource:
    """A person with everything that a file can say, and a limit of each kind."""
    person = Resource.objects.filter(resource_type__is_person=True).order_by("pk").first()
    Resource.objects.filter(pk=person.pk).update(
        name="=Eva, «la jefa»; ñandú", phone="+34600123456", email="eva@example.com", skills=["Motor", "@Frenos"],
        color="#1d4ed8", capacity=2, efficiency_percent=110, weight=3, timezone="America/Tijuana",
    )  # fmt: skip
    for weekday, opens, closes in ((4, 1320, 120), (5, 1200, 1440), (6, 1200, 0)):
        WorkingHours.objects.create(resource=person, weekday=weekday, opens_minute=opens, closes_minute=closes)
    WorkingHours.objects.create(
        resource=person, weekday=0, opens_minute=480, closes_minute=600, valid_from="2030-01-01", valid_to="2030-03-31"
    )
    service = Service.objects.filter(is_active=True).first()
    each = {"period": "day", "measure": "bookings", "limit": 7}
    CapacityRule.objects.create(scope=RuleScope.TENANT, **each)
    CapacityRule.objects.create(scope=RuleScope.SERVICE, service=service, **{**each, "period": "moment"})
    CapacityRule.objects.create(scope=RuleScope.LOCATION, location=person.location, **{**each, "measure": "seats"})
    CapacityRule.objects.create(scope=RuleScope.ARRIVAL_MODE, arrival_mode="waits", **each)
    CapacityRule.objects.create(
        scope=RuleScope.RESOURCE, resource=person, weekdays=[0, 5], from_minute=480, to_minute=600,
        valid_from="2030-01-01", valid_to="2030-03-31", **{**each, "measure": "minutes", "period": "week"},
    )  # fmt: skip
    person.refresh_from_db()
    return person


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_what_was_downloaded_changes_nothing(open_file, filled, key, language, separator):
    file, before = open_file(key), take_picture()
    rows = csv.reader(io.StringIO(file.download(f"?lang={language}"), newline=""))
    body = io.StringIO(newline="")
    csv.writer(body, delimiter=separator).writerows(rows)

    answer = file.upload(body.getvalue().encode("utf-8-sig"), "?lang=es")

    assert (answer.status_code, read_errors(answer)) == (200, [])
    assert (read_summary(answer), 'value="save"' in answer.content.decode()) == (SAME, False)
    assert take_picture() == before


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_encodings_of_spreadsheets_come_back_as_they_were(open_file, filled, key, encoding):
    Resource.objects.filter(pk=filled.pk).update(name="Eva Núñez")
    file = open_file(key)

    answer = file.upload(file.download("?lang=es").encode(encoding))

    assert read_summary(answer) == SAME


@pytest.mark.parametrize("key", KEYS)
def test_no_cell_is_a_formula(open_file, filled, key):
    rows = list(csv.reader(io.StringIO(open_file(key).download(), newline="")))

    kept_from_calculating = {cell[1:] for row in rows for cell in row if cell.startswith("'")}
    assert ("=Eva, «la jefa»; ñandú" in kept_from_calculating) is (key != "resource_types")
    assert len(rows) > 1
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))] == []


@pytest.mark.parametrize("key", KEYS)
def test_the_template_can_be_imported(open_file, tenant, key):
    file = open_file(key)

    answer = file.upload(file.download("?template=1"))

    assert (answer.status_code, read_errors(answer)) == (200, [])


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("role", ["receptionist", "read_only", "provider"])
def test_who_may_not_set_up_gets_no_file(staff_client, filled, key, role):
    file, before = File(staff_client(role), key), take_picture()

    answers = [
        file.client.get(file.address), file.client.get(f"{file.address}{key}.csv"), file.upload("name\nA\n"),
        file.client.post(file.address, {"text": "name\nA\n", "do": "save"}),
    ]  # fmt: skip

    assert [each.status_code for each in answers] == [403] * 4
    assert take_picture() == before
    listed = file.client.get(f"/workspace/{key}/")
    assert file.address not in listed.content.decode()


def test_types_and_people_are_made_and_changed(open_file, filled):
    types, people = open_file("resource_types"), open_file("resources")
    types.bring("Nombre;Qué es\nRampa;Lugares y herramientas\nAprendiz;people\n")
    made = ResourceType.objects.filter(name__in=["Rampa", "Aprendiz"]).order_by("name")
    assert list(made.values_list("is_person")) == [(True,), (False,)]

    preview = people.upload(
        "name,type,phone,skills,capacity,share,choosable\n"
        f'"{filled.name}",,,,4,,\n'
        'Leo,Aprendiz,55 1234 5678,"motor, \u202eFrenos",2,5,sí\n'
        "R1,rampa,,,,,\n"
    )

    assert (preview.status_code, read_summary(preview)) == (200, "2 nuevos, 1 cambiado")
    assert not Resource.objects.filter(name="Leo").exists()
    answer = people.confirm(preview)
    leo = Resource.objects.get(name="Leo")
    filled.refresh_from_db()
    assert (answer.status_code, answer["Location"], filled.capacity, filled.email) == (
        302, "/workspace/resources/", 4, "eva@example.com",
    )  # fmt: skip
    assert (leo.phone, leo.skills, leo.capacity, leo.weight, leo.is_customer_choosable) == (
        "+525512345678", ["motor", "Frenos"], 2, 5, True,
    )  # fmt: skip
    assert (Resource.objects.get(name="R1").lanes.count(), leo.lanes.count()) == (1, 2)
    assert people.client.get(f"/workspace/resources/{leo.pk}/history/").status_code == 200


def test_people_whom_only_a_link_books_are_told_and_taken(open_file, filled):
    file, kind = open_file("resources"), filled.resource_type.name
    Resource.objects.filter(pk=filled.pk).update(is_customer_choosable=False, is_link_only=True)
    said = {row["Número"]: row["Solo con su enlace"] for row in csv.DictReader(io.StringIO(file.download("?lang=es")))}

    both = file.upload(f"name,type,choosable,link_only\nMax,{kind},sí,sí\n")
    answer = file.bring(f"id,name,type,link_only\n{filled.pk},,,no\n,Luz,{kind},sí\n")

    assert {number for number, is_hidden in said.items() if is_hidden != "no"} == {str(filled.pk)}
    assert said[str(filled.pk)] == "sí"
    assert [each.partition(":")[2].strip() for each in read_errors(both)] == [
        "Quien solo se reserva con un enlace no puede estar en la lista."
    ]
    assert answer.status_code == 302
    named = Resource.objects.filter(name__in=[filled.name, "Luz", "Max"])
    assert dict(named.values_list("name", "is_link_only")) == {filled.name: False, "Luz": True}


def test_limits_are_made_and_changed_by_their_number(open_file, filled):
    file, service = open_file("rules"), Service.objects.filter(is_active=True).first()
    rule = CapacityRule.objects.get(scope=RuleScope.TENANT)

    preview = file.upload(
        "id;limit;counts;per;service;days;from;to;first_day;last_day\n"
        f"{rule.pk};9;;;;;;;;\n"
        f";3;citas;por hora;{service.name};lun-mié, dom;8:00;10 am;14/12/2030;2030-12-31\n"
    )  # fmt: skip

    assert (read_errors(preview), read_summary(preview)) == ([], "1 nuevo, 1 cambiado")
    assert "Máximo 3 citas por hora para" in preview.content.decode()
    file.confirm(preview)
    made = CapacityRule.objects.order_by("pk").last()
    assert (CapacityRule.objects.get(pk=rule.pk).limit, made.scope, made.service_id, made.limit, made.period) == (
        9, "service", service.pk, 3, "hour",
    )  # fmt: skip
    assert (made.weekdays, made.from_minute, made.to_minute, str(made.valid_from), str(made.valid_to)) == (
        [0, 1, 2, 6], 480, 600, "2030-12-14", "2030-12-31",
    )  # fmt: skip
    again = file.upload(f"limit;per;service;days;from;to;first_day;last_day;counts\n3;hour;{service.name};"
                        "lun,mar,mié,dom;8:00;10:00;2030-12-14;2030-12-31;bookings\n")  # fmt: skip
    assert read_summary(again) == SAME


def test_a_week_in_the_file_is_all_of_the_week(open_file, filled):
    file, place = open_file("hours"), filled.location
    Resource.objects.filter(pk=filled.pk).update(name="Eva")

    answer = file.bring(
        "Sucursal;Persona, lugar o herramienta;Día;Horarios;Descansos;Primer día;Último día\n"
        f"{place.name};;lunes;8-13, 14:00–18:00;;;\n;;tue;9-14;10:00-10:30;;\n"
        ";eva;viernes;22-2;;;\n;Eva;sábado;10 am-2 pm;;2030-01-01;31/03/2030\n"
    )

    assert answer.status_code == 302
    read = lambda **whose: list(  # noqa: E731
        WorkingHours.objects.filter(**whose)
        .order_by("weekday", "opens_minute")
        .values_list("kind", "weekday", "opens_minute", "closes_minute", "valid_to")
    )
    assert read(location=place) == [
        ("work", 0, 480, 780, None), ("work", 0, 840, 1080, None), ("work", 1, 540, 840, None),
        ("break", 1, 600, 630, None),
    ]  # fmt: skip
    rows = read(resource=filled)
    assert [(*row[:4], str(row[4])) for row in rows] == [
        ("work", 4, 1320, 120, "None"), ("work", 5, 600, 840, "2030-03-31"),
    ]  # fmt: skip
    file.bring("who;day\nEva;\n")
    assert read(resource=filled) == []


WRONG = {
    "resource_types": [
        ("name,kind\n,people\n", ["Línea 2, name:"]),
        ("name,kind\nA,personas raras\n", ["Línea 2, kind:"]),
        ("name\nA\na\n", ["Línea 3, name: Esto está dos veces"]),
        ("id,name\n99999,A\n", ["Línea 2, id:"]),
        ("id,name\n²,A\n", ["Línea 2, id:"]),
        ("name\n" + "x" * 81 + "\n", ["Línea 2, name:"]),
        ("name,position\nA,99999999\n", ["Línea 2, position:"]),
        ("kind\npeople\n", ["La primera línea"]),
        ("name,colour\nA,b\n", ["Columnas desconocidas: colour."]),
        ('name\n"A\n', ["Esto no es una tabla"]),
        (b"\x00\x01", ["Esto no es texto"]),
        ("name\n" + "A\n" * 1001, ["Máximo 1000"]),
        ("name\n", ["No hay nada"]),
    ],
    "resources": [
        ("name,type\nA,dragones\n", ["Línea 2, type: No existe «dragones»"]),
        ("name,type\nA,\n", ["Línea 2, type:"]),
        ("name,type,location\nA,mecanico,Marte\n", ["Línea 2, location:"]),
        ("name,type,capacity\nA,mecanico,0\nB,mecanico,1001\nC,mecanico,-1\nD,mecanico,1e3\n", [
            "Línea 4, capacity:", "Línea 5, capacity:"]),
        ("name,type,capacity\nA,mecanico,0\nB,mecanico,1001\n", ["Línea 2, capacity:", "Línea 3, capacity:"]),
        ("name,type,pace\nA,mecanico,501\n", ["Línea 2, pace:"]),
        ("name,type,email\nA,mecanico,arroba\n", ["Línea 2, email:"]),
        ("name,type,phone\nA,mecanico,123\n", ["Línea 2, phone:"]),
        ("name,type,color\nA,mecanico,rojo\n", ["Línea 2, color:"]),
        ("name,type,timezone\nA,mecanico,Marte/Olimpo\n", ["Línea 2, timezone:"]),
        ("name,type,choosable\nA,mecanico,quizá\n", ["Línea 2, choosable:"]),
        ("name,type,skills\nA,mecanico," + "x" * 61 + "\n", ["Línea 2, skills:"]),
        ("name,type\nA,mecanico\nA,mecanico\n", ["Línea 3, name:"]),
        ("Nombre,Tipo,Citas a la vez\nA,mecanico,0\n", ["Línea 2, Citas a la vez:"]),
        ("name,type\nA,mecanico,sobra\n", ["Línea 2:"]),
    ],
    "rules": [
        ("limit,per\n0,day\n", ["Línea 2, limit:"]),
        ("limit,per\nmuchos,day\n", ["Línea 2, limit:"]),
        ("limit,per\n3,\n", ["Línea 2, per:"]),
        ("limit,per\n3,siglo\n", ["Línea 2, per:"]),
        ("limit,per,counts\n3,moment,minutes\n", ["Línea 2, counts:"]),
        ("limit,per\n1001,moment\n", ["Línea 2, limit:"]),
        ("limit,per,service\n3,day,Nada\n", ["Línea 2, service:"]),
        ("limit,per,arrival\n3,day,volando\n", ["Línea 2, arrival:"]),
        ("limit,per,days\n3,day,lunez\n", ["Línea 2, days:"]),
        ("limit,per,from\n3,day,8:00\n", ["Línea 2, to:"]),
        ("limit,per,from,to\n3,day,25:00,26:00\n", ["Línea 2, from:", "Línea 2, to:"]),
        ("limit,per,first_day\n3,day,31/02/2030\n", ["Línea 2, first_day:"]),
        ("limit,per,first_day\n3,day,١٤/١٢/٢٠٣٠\n", ["Línea 2, first_day:"]),
        ("limit,per,first_day,last_day\n3,day,2030-02-02,2030-02-01\n", ["Línea 2, last_day:"]),
        ("limit,per\n3,day\n3,day\n", ["Línea 3, limit:"]),
        ("id,limit\n99999,3\n", ["Línea 2, id:"]),
    ],
    "hours": [
        ("who,day,hours\nNadie,lunes,8-18\n", ["Línea 2, who:"]),
        ("location,day,hours\nMarte,lunes,8-18\n", ["Línea 2, location:"]),
        ("day,hours\nlunez,8-18\n", ["Línea 2, day:"]),
        ("day,hours\n,8-18\n", ["Línea 2, day:"]),
        ("day,hours\nlunes,de ocho a seis\n", ["Línea 2, hours:"]),
        ("day,hours\nlunes,8-25\n", ["Línea 2, hours:"]),
        ("day,hours\nlunes,8-13\nlunes,12-18\n", ["Línea 3, hours: Este periodo se encima"]),
        ("day,hours,breaks\nlunes,8-13,14-15\n", ["Línea 2, breaks:"]),
        ("day,hours,first_day,last_day\nlunes,8-13,2030-02-02,2030-02-01\n", ["Línea 2, last_day:"]),
        ("day,hours,first_day\nlunes,8-13,pronto\n", ["Línea 2, first_day:"]),
    ],
}  # fmt: skip


@pytest.mark.parametrize(("key", "body", "expected"), [(key, *each) for key, some in WRONG.items() for each in some])
def test_one_wrong_line_imports_nothing(open_file, filled, key, body, expected):
    file, before = open_file(key), take_picture()

    answer = file.upload(body)

    errors = read_errors(answer)
    assert (answer.status_code, take_picture()) == (422, before)
    assert [text.startswith(start) for text, start in zip(errors, expected, strict=True)] == [True] * len(expected), (
        errors
    )


def test_errors_are_in_the_language_of_whoever_reads_them(open_file, filled):
    file = open_file("hours")

    answer = file.upload("Día;Horarios\nlunes;8-13\nlunes;12-18\n", "?lang=en")

    assert read_errors(answer) == [
        "Line 3, Horarios: This period overlaps another one of the same day. Change one of them."
    ]


def test_what_changed_meanwhile_is_shown_again(open_file, filled):
    file = open_file("resources")
    preview = file.upload(f"id,name,capacity\n{filled.pk},Eva,5\n")
    Resource.objects.filter(pk=filled.pk).update(capacity=3)

    answer = file.confirm(preview)

    filled.refresh_from_db()
    assert (answer.status_code, filled.capacity) == (200, 3)
    assert "Alguien cambió algo" in answer.content.decode()
    assert file.confirm(answer).status_code == 302


def test_fifty_lines_ask_as_often_as_one_until_something_changes(open_file, filled, django_assert_max_num_queries):
    kind = ResourceType.objects.filter(is_person=True).first()
    place = Location.objects.first()
    Resource.objects.bulk_create(
        Resource(name=f"P{number}", resource_type=kind, location=place, position=number) for number in range(50)
    )
    for key in KEYS:
        file = open_file(key)
        body = file.download()
        with django_assert_max_num_queries(45):
            file.upload(body)


def test_hours_of_a_large_team_fit_into_one_file(open_file, filled):
    kind, place = filled.resource_type, filled.location
    people = Resource.objects.bulk_create(
        Resource(name=f"P{number}", resource_type=kind, location=place, position=number) for number in range(150)
    )
    WorkingHours.objects.bulk_create(
        WorkingHours(resource=each, weekday=weekday, opens_minute=480, closes_minute=1080)
        for each in people
        for weekday in range(7)
    )
    file = open_file("hours")
    body = file.download()

    answer, other = file.upload(body), open_file("resources").upload(body)

    assert (body.count("\n") > 1_050, read_errors(answer), read_summary(answer)) == (True, [], SAME)
    assert other.status_code == 422


def test_what_an_import_touches_is_decided_before_anything_is_saved(open_file, filled):
    file, booked = open_file("hours"), Booking.objects.get(pk=book().booking_id)
    before = take_picture()
    preview = file.upload(f'location;day;hours\n"{filled.location.name}";domingo;3:00-3:30\n')
    assert "1 cita por venir ya no cabría" in preview.content.decode()
    assert "Revisar 1 cita" in preview.content.decode()

    review = file.confirm(preview)

    page = review.content.decode()
    assert (review.status_code, "Este cambio toca 1 cita" in page, take_picture() == before) == (409, True, True)
    typed = {name: html.unescape(value) for name, value in read_review(page).items()}
    assert file.client.post(file.address, {**typed, "review-do": "back"}).status_code == 200
    kept = {**typed, f"review-{booked.pk}": "keep", "review-do": "save"}
    answer = file.client.post(file.address, kept)
    booked.refresh_from_db()
    assert (answer.status_code, booked.status, booked.override_reason) == (
        302, "confirmed", "Importar un archivo: 0 nuevos, 1 cambiado",
    )  # fmt: skip
    hours = WorkingHours.objects.filter(location=filled.location).values_list(
        "weekday", "opens_minute", "closes_minute"
    )
    assert list(hours) == [(6, 180, 210)]
