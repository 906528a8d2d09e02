"""Limits: filled in and read as a sentence, switched on and off, tested on what is booked before they are saved."""

from __future__ import annotations

import re
from html import unescape

import pytest

from kernel.clock import utc_now
from scheduling.engine import RulePeriod
from scheduling.enums import RuleScope
from scheduling.models import CapacityRule, Resource, Service
from scheduling.services.catalog.rules import create_rule
from scheduling.types import RuleSetup
from tests.factories.scheduling import STAFF
from tests.integration.web.workspace.browser_form import read_form, read_page
from tests.integration.web.workspace.conftest import book

LIST = "/workspace/rules/"


@pytest.fixture(autouse=True)
def unlimited(tenant) -> None:
    """Take away what the starter kit limits."""
    CapacityRule.objects.all().delete()


def add(**values) -> int:
    setup = RuleSetup(**{"scope": RuleScope.TENANT, "period": RulePeriod.DAY, "limit": 12} | values)
    return create_rule(setup=setup, by=STAFF, now=utc_now())


def fill(client, **typed) -> dict:
    return read_form(client, f"{LIST}new/") | {"limit": "3"} | typed


def read_sentences(page: str) -> list[str]:
    return [unescape(text) for text in re.findall(r'class="name"[^>]*>([^<]+)<', page)]


def read_proof(page: str) -> str:
    proof = re.search(r'<section class="proof".*?</section>', page, re.DOTALL)[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", proof)).split())


def test_a_limit_is_filled_in_saved_and_read_as_a_sentence(owner_client):
    service = Service.objects.filter(is_active=True).first()
    typed = fill(
        owner_client, target=f"service:{service.pk}", weekdays=["0", "1", "2", "3", "4"], from_minute="08:00",
        to_minute="10:00", valid_from="2027-01-01", valid_to="2027-03-31",
    )  # fmt: skip

    made = owner_client.post(f"{LIST}new/", typed)

    row = CapacityRule.objects.get()
    assert (made.status_code, made["Location"]) == (302, LIST)
    assert (row.scope, row.service_id, row.limit, row.period, row.measure, row.weekdays) == (
        "service", service.pk, 3, "day", "bookings", [0, 1, 2, 3, 4],
    )  # fmt: skip
    assert (row.from_minute, row.to_minute, str(row.valid_from), str(row.valid_to)) == (
        480, 600, "2027-01-01", "2027-03-31",
    )  # fmt: skip
    (sentence,) = read_sentences(owner_client.get(LIST).content.decode())
    assert sentence.replace("\N{NO-BREAK SPACE}", " ") == (
        f"Máximo 3 citas por día para {service.name}, de lunes a viernes, de 8:00 a.m. a 10:00 a.m., "
        "del 1 ene 2027 al 31 mar 2027."
    )
    again = read_form(owner_client, f"{LIST}{row.pk}/")
    assert {name: again[name] for name in typed if name != "csrfmiddlewaretoken"} == {
        name: value for name, value in typed.items() if name != "csrfmiddlewaretoken"
    }


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "Máximo 12 citas por día."),
        ({"limit": 1, "period": RulePeriod.HOUR}, "Máximo 1 cita por hora."),
        ({"period": RulePeriod.MOMENT, "weekdays": (0, 1)}, "Máximo 12 citas al mismo tiempo, los lunes y martes."),
        ({"weekdays": (5, 6)}, "Máximo 12 citas por día, los sábados y domingos."),
        ({"weekdays": tuple(range(7))}, "Máximo 12 citas por día."),
        ({"weekdays": (0, 2, 4)}, "Máximo 12 citas por día, los lunes, miércoles y viernes."),
        ({"measure": "seats", "period": RulePeriod.WEEK}, "Máximo 12 personas por semana."),
        ({"measure": "minutes", "limit": 1200}, "Máximo 1,200 minutos por día."),
        ({"from_minute": 480, "to_minute": 600}, "Máximo 12 citas por día, de 8:00 a.m. a 10:00 a.m."),
    ],
)
def test_each_kind_reads_as_people_say_it(owner_client, values, sentence):
    add(**values)

    page = owner_client.get(LIST).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert read_sentences(page) == [sentence]


def test_it_reads_in_english_too(owner_client):
    add(limit=2, weekdays=(0, 1, 2, 3, 4), from_minute=480, to_minute=600)

    (sentence,) = read_sentences(owner_client.get(f"{LIST}?lang=en").content.decode())

    assert sentence.startswith("At most 2 appointments per day, Monday to Friday, between 8:00")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "-1"}, "limit"),
        ({"limit": ""}, "limit"),
        ({"limit": "tres"}, "limit"),
        ({"limit": "9" * 12}, "limit"),
        ({"limit": "5000", "period": "moment"}, "limit"),
        ({"period": "moment", "measure": "minutes"}, "measure"),
        ({"period": "year"}, "period"),
        ({"target": "service:999999"}, "target"),
        ({"target": "planet:1"}, "target"),
        ({"weekdays": ["7"]}, "weekdays"),
        ({"from_minute": "08:00", "to_minute": "08:00"}, "to_minute"),
        ({"from_minute": "08:00"}, "to_minute"),
        ({"to_minute": "08:00"}, "from_minute"),
        ({"from_minute": "25:00", "to_minute": "26:00"}, "from_minute"),
        ({"valid_from": "2027-03-31", "valid_to": "2027-01-01"}, "valid_to"),
        ({"valid_from": "2027-02-30"}, "valid_from"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_stays(owner_client, typed, field):
    answer = owner_client.post(f"{LIST}new/", fill(owner_client, **typed))

    page = answer.content.decode()
    assert (answer.status_code, CapacityRule.objects.count()) == (422, 0)
    assert f'id="f-{field}_error"' in page
    for name, value in typed.items():
        if name.endswith("minute") or name.startswith(("valid", "limit")):
            assert f'name="{name}" value="{value}"' in page or not value


def test_a_limit_past_midnight_is_saved(owner_client):
    owner_client.post(f"{LIST}new/", fill(owner_client, from_minute="22:00", to_minute="02:00"))

    assert CapacityRule.objects.values_list("from_minute", "to_minute").get() == (1320, 120)


def test_the_switch_turns_it_off_and_on_and_both_stay_in_the_list(owner_client):
    rule = add()

    off = owner_client.post(f"{LIST}{rule}/archive/")
    page = owner_client.get(off["Location"]).content.decode()
    assert (CapacityRule.objects.get(pk=rule).is_active, read_sentences(page)) == (False, ["Máximo 12 citas por día."])
    assert ('aria-checked="false"' in page, "Desactivado: no limita" in page) == (True, True)
    assert "Desactivado: Máximo 12 citas por día." in page, re.findall(r'class="said".{300}', page, re.DOTALL)

    owner_client.post(f"{LIST}{rule}/restore/")

    page = owner_client.get(LIST).content.decode()
    assert (CapacityRule.objects.get(pk=rule).is_active, 'aria-checked="true"' in page) == (True, True)


def test_a_change_is_logged_in_words(owner_client):
    rule, carlos = add(), Resource.objects.filter(is_active=True).first()
    address = f"{LIST}{rule}/"

    owner_client.post(address, {**read_form(owner_client, address), "target": f"resource:{carlos.pk}", "limit": "4"})
    history = owner_client.get(f"{address}history/").content.decode()

    row = CapacityRule.objects.get(pk=rule)
    assert (row.scope, row.resource_id, row.limit) == ("resource", carlos.pk, 4)
    assert f"<b>{carlos.name}</b>" in history
    assert "<s>12</s> → <b>4</b>" in history


def test_the_list_shows_what_is_used_and_the_proof_what_would_be(owner_client):
    book()
    book("Beto Ruiz", slot=1)
    add(limit=2)

    listed = owner_client.get(LIST).content.decode()
    tight = owner_client.post(f"{LIST}new/", fill(owner_client, limit="1", do="proof")).content.decode()
    full = owner_client.post(f"{LIST}new/", fill(owner_client, limit="2", do="proof")).content.decode()
    wide = owner_client.post(f"{LIST}new/", fill(owner_client, limit="9", do="proof")).content.decode()

    assert re.search(r"\d de 2", listed)
    assert "ya hay 2, sobra 1. Se queda; no se toma nada más." in read_proof(tight)
    assert "2 de 2. Lleno: ya no se ofrece." in read_proof(full)
    assert "2 de 9. Caben 7 más." in read_proof(wide)
    assert "Máximo 9 citas por día." in read_proof(wide)
    assert CapacityRule.objects.count() == 1


@pytest.mark.parametrize("typed", [{"limit": "0"}, {"limit": ""}, {"from_minute": "08:00", "to_minute": "08:00"}])
def test_the_proof_of_what_cannot_be_says_why(owner_client, typed):
    answer = owner_client.post(f"{LIST}new/", fill(owner_client, do="proof", **typed))

    assert answer.status_code == 200
    assert 'class="error"' in answer.content.decode()
    assert CapacityRule.objects.count() == 0


def test_a_limit_that_makes_another_useless_is_warned_about(owner_client):
    add(limit=5)

    page = owner_client.post(f"{LIST}new/", fill(owner_client, limit="4", period="week", do="proof")).content.decode()

    said = "Es menos que el límite de 5 por un periodo más corto"
    assert said in read_proof(page)
    assert re.search(rf'<p class="field noted"><b>[^<]+</b>.*?{said}', page, re.DOTALL)


def test_what_makes_another_useless_is_said_where_it_is_opened_again(owner_client):
    add(limit=5)
    rule_id = add(limit=4, period=RulePeriod.WEEK)

    page = owner_client.get(f"{LIST}{rule_id}/").content.decode()

    assert 'class="field noted"' in page


def test_a_limit_below_another_is_saved_and_the_list_warns_at_both(owner_client):
    daily = add(limit=5, weekdays=(0, 1, 2, 3, 4))

    answer = owner_client.post(f"{LIST}new/", fill(owner_client, limit="4", period="week"))

    assert (answer.status_code, CapacityRule.objects.count()) == (302, 2)
    texts = (
        "Es menos que el límite de 5 por un periodo más corto",
        "Es más que el límite de 4 por un periodo más largo",
    )
    page = owner_client.get(LIST).content.decode()
    assert [page.count(text) for text in texts] == [1, 1]
    owner_client.post(f"{LIST}{daily}/archive/")
    page = owner_client.get(LIST).content.decode()
    assert [page.count(text) for text in texts] == [0, 0]


def test_a_limit_that_never_counted_is_deleted_once_it_is_off(owner_client):
    rule_id = add(limit=5)
    assert f"{LIST}{rule_id}/delete/" not in owner_client.get(f"{LIST}{rule_id}/").content.decode()
    owner_client.post(f"{LIST}{rule_id}/archive/")
    assert f"{LIST}{rule_id}/delete/" in owner_client.get(f"{LIST}{rule_id}/").content.decode()

    answer = owner_client.post(f"{LIST}{rule_id}/delete/")

    assert (answer.status_code, CapacityRule.objects.count()) == (302, 0)


def test_a_limit_that_counted_something_stays(owner_client):
    rule_id = add(limit=5)
    book("Ana Torres")
    owner_client.post(f"{LIST}{rule_id}/archive/")

    owner_client.post(f"{LIST}{rule_id}/delete/")

    assert CapacityRule.objects.get().pk == rule_id


@pytest.mark.parametrize(
    ("model", "expected"),
    [("day", ("12", "day", None)), ("moment", ("3", "moment", None)), ("zz", ("3", "day", None))],
)
def test_the_buttons_begin_a_sentence_and_save_nothing(owner_client, model, expected):
    page = owner_client.post(f"{LIST}new/", fill(owner_client, do=f"like-{model}")).content.decode()

    shown = read_page(page)
    assert (shown["limit"], shown["period"], shown.get("weekdays")) == expected
    assert CapacityRule.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3, 50])
def test_the_list_asks_as_often_for_one_as_for_fifty(owner_client, django_assert_num_queries, count):
    book()
    place = Resource.objects.first().location_id
    for number in range(count):
        add(limit=100 + number, **({"scope": RuleScope.LOCATION, "location_id": place} if number % 2 else {}))
    owner_client.get(LIST)

    with django_assert_num_queries(17):
        page = owner_client.get(LIST).content.decode()

    assert len(read_sentences(page)) == count


@pytest.mark.parametrize(
    ("role", "statuses"), [("manager", (200, 200)), ("receptionist", (200, 403)), ("provider", (403, 403))]
)
def test_reception_reads_and_only_managers_change(staff_client, role, statuses):
    rule = add()
    client = staff_client(role)

    answers = [client.get(LIST), client.get(f"{LIST}{rule}/")]

    assert tuple(answer.status_code for answer in answers) == statuses
    if statuses[1] == 403:
        assert client.post(f"{LIST}{rule}/archive/").status_code == 403
        assert CapacityRule.objects.get(pk=rule).is_active is True


def test_what_is_said_of_archiving_a_limit_is_true_of_limits(owner_client):
    page = owner_client.get(f"{LIST}{add(limit=5)}/").content.decode()

    assert "Archivarlo lo apaga y lo quita de la lista; su historial se conserva." in page
    assert "página de reservas; su historial" not in page


def test_a_limit_of_minutes_may_be_typed_in_hours(owner_client):
    answer = owner_client.post(f"{LIST}new/", fill(owner_client, measure="minutes", limit="1 h 30 min"))
    refused = owner_client.post(f"{LIST}new/", fill(owner_client, measure="bookings", limit="1 h 30 min"))

    assert (answer.status_code, refused.status_code) == (302, 422)
    assert list(CapacityRule.objects.values_list("measure", "limit")) == [("minutes", 90)]
    assert 'value="1 h 30 min"' in refused.content.decode()
