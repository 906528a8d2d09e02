"""A small part of ``./dev drill imports``: few customers, all the way and back."""

from __future__ import annotations

from devtools.drill.imports.files import make_customer_file
from devtools.drill.imports.rounds import go_all_the_way


def test_what_is_planted_is_told_and_undone(tenant):
    figures = go_all_the_way(make_customer_file(80, planted=16, separator=";", encoding="cp1252"))

    assert (figures.is_right, figures.created, figures.refused, figures.left) == (True, 64, 14, 0)
