"""Who is next: the ledger as the engine reads it, and the strategy in words."""

from __future__ import annotations

import re

import pytest

from scheduling.models import Resource, RoundRobinLedger, Service
from scheduling.selectors.availability.turns import list_turns

TURNS = "/workspace/resources/turns/"


@pytest.fixture
def service(tenant) -> Service:
    return Service.objects.filter(is_active=True, seats=None).first()


def read_names(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><span class="name">([^<]+)<', page)


def test_the_page_lists_turns_in_the_order_in_which_the_engine_asks(owner_client, service):
    first, second = list_turns(service_id=service.pk)[:2]
    RoundRobinLedger.objects.create(service=service, resource_id=first.resource_id, turns=4)
    Resource.objects.filter(pk=second.resource_id).update(weight=3)

    page = owner_client.get(f"{TURNS}?service={service.pk}").content.decode()

    turns = list_turns(service_id=service.pk)
    assert read_names(page) == [each.resource_name for each in turns]
    assert (turns[0].resource_id, page.count("Sigue<")) == (second.resource_id, len({each.type_name for each in turns}))
    assert re.search(rf"{first.resource_name}.*?</span>4</td>", page, re.DOTALL)


def test_mechanics_and_bays_take_turns_apart(owner_client, service):
    lifts = Resource.objects.filter(resource_type__name="Elevador")
    lifts.update(weight=3)
    Resource.objects.filter(resource_type__name="Mecánico").update(weight=1)

    turns = list_turns(service_id=service.pk)
    page = owner_client.get(f"{TURNS}?service={service.pk}").content.decode()

    types = [each.type_name for each in turns]
    shares = [int(share) for share in re.findall(r"</span>(\d+)%</td>", page)]
    people = types.count("Mecánico")
    assert types == ["Mecánico"] * people + ["Elevador"] * lifts.count()
    assert re.findall(r'<th scope="col">(Mecánico|Elevador)</th>', page) == ["Mecánico", "Elevador"]
    assert (set(shares[:people]), set(shares[people:])) == ({100 // people}, {round(100 / lifts.count())})


def test_the_strategy_is_chosen_and_said_in_words(owner_client, service):
    page = owner_client.get(f"{TURNS}?service={service.pk}").content.decode()
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    address = f"{TURNS}{service.pk}/"

    saved = owner_client.post(address, {"strategy": "round_robin", "version": version})
    stale = owner_client.post(address, {"strategy": "fixed_order", "version": version})
    wrong = owner_client.post(address, {"strategy": "lottery", "version": "2"})

    service.refresh_from_db()
    assert (service.strategy, saved["Location"]) == ("round_robin", f"{TURNS}?service={service.pk}")
    assert (stale.status_code, wrong.status_code, service.version) == (302, 302, int(version) + 1)
    page = owner_client.get(TURNS).content.decode()
    assert re.search(r'value="round_robin" checked', page)
    assert ("Por turnos" in page, "los turnos no deciden" in page) == (True, False)


@pytest.mark.parametrize("query", ["service=999999", "service=abc", "service=", "service=%00"])
def test_strange_questions_show_the_first_service(owner_client, query):
    answer = owner_client.get(f"{TURNS}?{query}")

    assert (answer.status_code, 'aria-current="true"' in answer.content.decode()) == (200, True)


def test_without_services_the_page_says_so(owner_client):
    Service.objects.update(is_active=False)

    assert "Todavía no hay servicios" in owner_client.get(TURNS).content.decode()


@pytest.mark.parametrize(("role", "status"), [("receptionist", 200), ("provider", 403)])
def test_reception_reads_and_changes_nothing(staff_client, service, role, status):
    client = staff_client(role)
    page = client.get(TURNS)

    assert (page.status_code, client.post(f"{TURNS}{service.pk}/", {"strategy": "fixed_order"}).status_code) == (
        status, 403,
    )  # fmt: skip
    assert Service.objects.get(pk=service.pk).strategy == service.strategy
    assert "Guardar</button>" not in page.content.decode()
