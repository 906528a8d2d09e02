from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Invalid
from kernel.identity.keys import fold_letters
from web.parts.filters import STATE, Filter, FilterLink
from web.parts.lists import Column, Group, ListQuery, make_filter_line, make_list_page, read_query, sort_and_cut

COLUMNS = (
    Column("name", "Nombre"),
    Column("price", "Precio", css="number"),
    Column("acts", "Acciones", is_silent=True),
)
CATEGORY = Filter("category", "Categoría", (("", "Todas"), ("brakes", "Frenos")))


@dataclass(frozen=True)
class Row:
    id: int
    name: str
    price: int = 0
    category: str = ""


SORTS = {
    "": lambda row: (row.category, row.id),
    "name": lambda row: (fold_letters(row.name), row.id),
    "price": lambda row: (row.price, row.id),
}


def read(query: str) -> ListQuery:
    return read_query(RequestFactory().get(f"/?{query}"), filters=(STATE, CATEGORY), sorts=("name", "price"))


def test_an_address_is_read_and_made_again():
    query = read("q=aceite&state=archived&category=brakes&sort=-price&cursor=abc")

    assert query == ListQuery("aceite", {"state": "archived", "category": "brakes"}, "-price", "abc")
    assert query.make_url() == "?q=aceite&state=archived&category=brakes&sort=-price"
    assert query.make_url(cursor="xyz").endswith("&cursor=xyz")


def test_what_the_list_does_not_have_is_left_out():
    query = read("state=lost&category=%00&sort=secret")

    assert (query, query.is_narrowed) == (ListQuery("", {"state": "", "category": ""}), False)


def test_too_much_to_search_for_is_kept_and_not_searched():
    query = read("q=" + "x" * 101)

    assert (query.is_too_long, query.search, query.typed) == (True, "", "x" * 101)


@pytest.mark.parametrize("typed", ["%00", "a%0Ab"])
def test_what_no_database_stores_is_not_searched(typed):
    assert read(f"q={typed}").search == ""


STORED = st.characters(codec="utf-8", exclude_characters="\0")
"""What PostgreSQL keeps as text: a cursor with anything else was made by hand, and is refused."""


@given(
    st.lists(st.tuples(st.text(STORED, max_size=3), st.integers(0, 5)), max_size=40),
    st.sampled_from(["", "name", "-name", "price", "-price"]),
)
def test_every_row_comes_once_and_in_order_whatever_the_page(values, sort):
    rows = [Row(number, name, price) for number, (name, price) in enumerate(values)]
    shown, query = [], ListQuery(sort=sort)
    while True:
        page = sort_and_cut(rows, query=query, sorts=SORTS, limit=7)
        shown += page.rows
        if page.next_cursor is None:
            break
        query = ListQuery(sort=sort, cursor=page.next_cursor)

    key = SORTS[sort.removeprefix("-")]
    assert shown == sorted(rows, key=key, reverse=sort.startswith("-"))


def test_a_page_follows_the_last_row_though_others_came_and_went():
    rows = [Row(number, f"{number:02}") for number in range(6)]
    first = sort_and_cut(rows, query=ListQuery(sort="name"), sorts=SORTS, limit=3)

    changed = [Row(9, "00a"), *rows[3:], Row(10, "03a")]
    second = sort_and_cut(changed, query=ListQuery(sort="name", cursor=first.next_cursor), sorts=SORTS, limit=3)

    assert [row.name for row in second.rows] == ["03", "03a", "04"]


def test_a_cursor_of_another_order_is_refused():
    rows = [Row(number, str(number), number) for number in range(3)]
    cursor = sort_and_cut(rows, query=ListQuery(sort="price"), sorts=SORTS, limit=1).next_cursor

    with pytest.raises(Invalid):
        sort_and_cut(rows, query=ListQuery(sort="name", cursor=cursor), sorts=SORTS, limit=1)


def test_rows_are_grouped_in_the_lists_own_order_only():
    rows = [Row(1, "b", category="Frenos"), Row(2, "a", category="Motor"), Row(3, "c", category="Motor")]

    def arrange(sort: str):
        query = ListQuery(sort=sort)
        page = sort_and_cut(rows, query=query, sorts=SORTS)
        return make_list_page(page, query=query, columns=COLUMNS, sorts=SORTS, name_group=lambda row: row.category)

    assert arrange("").groups == (Group("Frenos", (rows[0],)), Group("Motor", (rows[1], rows[2])))
    assert arrange("name").groups == (Group("", (rows[1], rows[0], rows[2])),)


@pytest.mark.parametrize(
    ("sort", "heads"),
    [
        ("", [("?sort=name", ""), ("?sort=price", ""), ("", "")]),
        ("name", [("?sort=-name", "ascending"), ("?sort=price", ""), ("", "")]),
        ("-name", [("?", "descending"), ("?sort=price", ""), ("", "")]),
    ],
)
def test_a_head_sorts_up_then_down_then_not(sort, heads):
    query = ListQuery(sort=sort)

    page = make_list_page(sort_and_cut([], query=query, sorts=SORTS), query=query, columns=COLUMNS, sorts=SORTS)

    assert [(head.url, head.direction) for head in page.heads] == heads


def test_a_filter_keeps_everything_else_that_was_asked():
    query = read("q=aceite&category=brakes&sort=name&cursor=abc")

    line = make_filter_line(CATEGORY, query, {"": 8, "brakes": 3})

    assert line.links == (
        FilterLink("Todas", "?q=aceite&sort=name", is_current=False, count=8),
        FilterLink("Frenos", "?q=aceite&category=brakes&sort=name", is_current=True, count=3),
    )


def test_more_keeps_the_question():
    query = ListQuery(typed="aceite", sort="price")
    page = sort_and_cut([Row(1, "a"), Row(2, "b")], query=query, sorts=SORTS, limit=1)

    more = make_list_page(page, query=query, columns=COLUMNS).more_url

    assert more == f"?q=aceite&sort=price&cursor={page.next_cursor}"
