"""Who waits for several services in one visit reads the names of all, and so does staff."""

from __future__ import annotations

from notifications.models import Message
from scheduling.models import Service
from scheduling.selectors.waitlist.entries import list_waiting
from tests.factories.scheduling import make_place, make_resource, make_service
from tests.integration.scheduling.waitlist.test_waitlist import join


def make_pair() -> tuple[int, int]:
    place = make_place()
    person = make_resource(place)
    first, second = make_service((person,)), make_service((person,))
    Service.objects.filter(pk=first).update(name="Corte", texts=[])
    Service.objects.filter(pk=second).update(name="Barba", texts=[{"language": "en", "name": "Beard"}])
    return first, second


def test_a_visit_of_several_services_is_named_with_all(tenant):
    join(make_pair())

    (entry,) = list_waiting()
    assert (entry.service_name, entry.service_names) == ("Corte + Barba", {"en": "Corte + Beard"})
    assert Message.objects.get(template="waitlist_joined").subject == "En lista de espera: Corte + Barba"


def test_all_names_take_one_query_however_many_wait(tenant, django_assert_num_queries):
    pair = make_pair()
    for number in range(3):
        join(pair, f"Persona{number}")

    with django_assert_num_queries(3):
        waiting = list_waiting()

    assert {entry.service_name for entry in waiting} == {"Corte + Barba"}
