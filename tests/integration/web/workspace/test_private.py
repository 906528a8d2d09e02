from __future__ import annotations

import pytest

PAGES = ("", "bookings/", "bookings/new/", "waitlist/")
PARTS = ("board/", "waitlist/fits/")


@pytest.mark.parametrize("page", PAGES)
def test_pages_of_staff_are_kept_nowhere(owner_client, page):
    answer = owner_client.get(f"/workspace/{page}")

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")


@pytest.mark.parametrize("part", PARTS)
def test_parts_of_pages_are_kept_nowhere(owner_client, part):
    answer = owner_client.get(f"/workspace/{part}", headers={"hx-request": "true"})

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")


def test_news_of_a_number_that_is_none_are_no_news(owner_client):
    news = owner_client.get(f"/workspace/news/?event={'9' * 5000}")

    assert (news.status_code, news.content.strip()) == (200, b"")
