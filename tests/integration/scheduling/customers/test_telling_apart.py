"""Who was told apart stays apart through merges, and what a crowd has in common hides nobody."""

from __future__ import annotations

from string import ascii_lowercase

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scheduling.enums import ContactKind
from scheduling.models import Contact
from scheduling.selectors.customers.merges import CROWD, list_alike
from scheduling.services.customers.merging import merge_customers, part_customers, tell_apart
from scheduling.services.customers.records import create_customer
from scheduling.types import CustomerSetup
from tests.factories.scheduling import NOW, STAFF

PHONE, OTHER = "+525512345601", "+525598765432"


def make(name: str, phone: str) -> int:
    """A record as an import of before may have left it: the desk makes none twice of one name and phone."""
    customer_id = create_customer(setup=CustomerSetup(name=name), by=STAFF, now=NOW)
    Contact.objects.create(customer_id=customer_id, kind=ContactKind.PHONE, value=phone)
    return customer_id


def merge(kept: int, gone: int) -> int:
    return merge_customers(kept_id=kept, gone_id=gone, taken=(), by=STAFF, now=NOW)


def part(merge_id: int) -> None:
    part_customers(merge_id=merge_id, by=STAFF, now=NOW)


def list_pairs(customer_id: int | None = None) -> set[frozenset[int]]:
    return {frozenset((each.kept.id, each.gone.id)) for each in list_alike(customer_id=customer_id)}


@pytest.mark.parametrize("is_older", [True, False])
def test_refusal_goes_over_to_the_record_that_goes_on_and_comes_back(tenant, is_older):
    one, two = make("Laura Jiménez", PHONE), make("Laura J.", PHONE)
    third = make("Laura Jimenez", PHONE)
    refused, other = (one, two) if is_older else (two, one)
    tell_apart(first_id=refused, second_id=other, by=STAFF, now=NOW)
    assert list_pairs() == {frozenset((refused, third)), frozenset((other, third))}

    merge_id = merge(third, refused)
    merged = list_pairs(), list_pairs(third)
    part(merge_id)

    assert merged == (set(), set())
    assert list_pairs() == {frozenset((refused, third)), frozenset((other, third))}


def test_refusal_goes_through_several_merges_of_both(tenant):
    first, second, third, fourth, fifth = (make("Laura Jiménez", PHONE) for _ in range(5))
    tell_apart(first_id=first, second_id=fourth, by=STAFF, now=NOW)
    inner = merge(second, first)
    outer = merge(third, second)
    beside = merge(fifth, fourth)

    pairs = [list_pairs()]
    part(beside)
    pairs.append(list_pairs())
    part(outer)
    pairs.append(list_pairs())
    part(inner)

    everyone = frozenset((first, second, third, fourth, fifth))
    assert pairs[0] == set()
    assert pairs[1] == {frozenset((third, fifth)), frozenset((fourth, fifth))}
    assert frozenset((second, fourth)) not in pairs[2]
    assert frozenset((third, fourth)) in pairs[2]
    all_pairs = {frozenset((a, b)) for a in everyone for b in everyone if a != b}
    assert list_pairs() == all_pairs - {frozenset((first, fourth))}


def test_phone_of_a_crowd_makes_nobody_alike_and_hides_nobody(tenant):
    pair = make("Ana Torres", OTHER), make("Ana T.", OTHER)
    crowd = [make(f"Laura Jimene{letter}", PHONE) for letter in ascii_lowercase]
    same = make("Laura Jimenea", PHONE)

    found = list_pairs()

    assert found == {frozenset(pair), frozenset((crowd[0], same))}
    assert list_pairs(crowd[0]) == {frozenset((crowd[0], same))}
    assert list_pairs(crowd[1]) == set()


def test_family_of_a_few_is_no_crowd(tenant):
    for letter in ascii_lowercase[:CROWD]:
        make(f"Laura Jimene{letter}", PHONE)
    few = len(list_pairs())
    make("Laura Jimenez", PHONE)

    assert (few, list_pairs()) == (CROWD * (CROWD - 1) // 2, set())


def test_suggestions_ask_as_often_for_many_as_for_few(tenant):
    make("Ana Torres", OTHER), make("Ana T.", OTHER)
    list_alike()
    with CaptureQueriesContext(connection) as few:
        list_alike()
    for number in range(8):
        one, two = (make(f"Eva Luna {number}", f"+52559876550{number}") for _ in range(2))
        tell_apart(first_id=one, second_id=two, by=STAFF, now=NOW)
        merge(make(f"Eva Luna {number}", f"+52559876550{number}"), one)

    with CaptureQueriesContext(connection) as many:
        found = list_alike()

    assert (len(found), len(few), len(many)) == (1, 4, 4)
