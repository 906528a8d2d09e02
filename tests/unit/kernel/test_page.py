from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Invalid
from kernel.page import CURSOR_UNKNOWN, Page, cut_page, limit_rows, make_cursor, read_cursor

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def make_foreign(body: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(body).encode()).decode()


@given(
    st.integers(min_value=-(10**9), max_value=10**9).map(lambda seconds: NOON + timedelta(seconds=seconds)),
    st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60),
)
def test_a_cursor_gives_back_the_values_of_its_row(instant, number, text):
    assert read_cursor(make_cursor((instant, number, text)), datetime, int, str) == (instant, number, text)


def test_a_cursor_names_an_instant_whatever_its_zone():
    local = NOON.astimezone(timezone(timedelta(hours=-6)))

    assert make_cursor((local, 7)) == make_cursor((NOON, 7))


@pytest.mark.parametrize(
    "cursor",
    [
        "Ж",
        "!!!",
        "abc",
        "A" * 2000,
        make_foreign({"0": 7}),
        make_foreign(7),
        make_foreign([]),
        make_foreign(["2026-01-05T12:00:00+00:00"]),
        make_foreign(["2026-01-05T12:00:00+00:00", 7, 8]),
        make_foreign(["2026-01-05T12:00:00", 7]),
        make_foreign(["yesterday", 7]),
        make_foreign([5, 7]),
        make_foreign([None, 7]),
        make_foreign(["2026-01-05T12:00:00+00:00", True]),
        make_foreign(["2026-01-05T12:00:00+00:00", "7"]),
        make_foreign(["2026-01-05T12:00:00+00:00", 1.5]),
        make_foreign(["2026-01-05T12:00:00+00:00", 2**63]),
    ],
)
def test_a_cursor_of_another_list_is_refused(cursor):
    with pytest.raises(Invalid) as refusal:
        read_cursor(cursor, datetime, int)

    assert refusal.value.errors == {"cursor": (CURSOR_UNKNOWN,)}


@pytest.mark.parametrize("text", ["\0", "\ud800"])
def test_a_cursor_with_a_text_that_no_database_takes_is_refused(text):
    with pytest.raises(Invalid):
        read_cursor(make_foreign([text]), str)


@pytest.mark.parametrize(("count", "rows", "last"), [(0, (), None), (2, ("0", "1"), None), (3, ("0", "1"), 1)])
def test_a_page_ends_where_more_rows_follow(count, rows, last):
    page = cut_page(range(count), limit=2, view=str, key=lambda row: (row,))

    assert page == Page(rows, None if last is None else make_cursor((last,)))


@pytest.mark.parametrize(("asked", "given"), [(-5, 1), (0, 1), (50, 50), (10**9, 200)])
def test_a_page_has_from_one_to_two_hundred_rows(asked, given):
    assert limit_rows(asked) == given
