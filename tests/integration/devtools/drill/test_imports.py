"""A small part of ``./dev drill imports``: few customers and visits, all the way, once more, and back."""

from __future__ import annotations

from functools import partial

import pytest

from devtools.drill.imports.files import write_customer_file, write_visit_file
from devtools.drill.imports.rounds import go_all_the_way
from scheduling.enums import ImportKind
from scheduling.models import Service


def test_what_is_planted_is_told_and_undone(tenant):
    write = partial(write_customer_file, count=80, planted=16, separator=";", encoding="cp1252")

    figures = go_all_the_way("customers", write, encoding="cp1252")

    assert (figures.created, figures.refused, figures.again, figures.left, figures.is_right) == (64, 14, 0, 0, True)


@pytest.mark.parametrize("is_month_first", [False, True])
def test_visits_are_told_and_undone_in_either_order_of_dates(tenant, is_month_first):
    service = Service.objects.filter(is_active=True).order_by("position").first().name
    write = partial(write_visit_file, count=54, planted=18, service=service, is_month_first=is_month_first)

    figures = go_all_the_way("visits", write, kind=ImportKind.BOOKINGS, encoding="utf-8-sig")

    assert (figures.created, figures.refused, figures.again, figures.left, figures.is_right) == (36, 16, 0, 0, True)
