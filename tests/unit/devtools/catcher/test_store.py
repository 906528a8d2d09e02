"""The kept messages: what is written comes back, and the filters find what they name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from devtools.catcher.message import Arrival, Attachment
from devtools.catcher.store import Store

NOW = datetime(2026, 3, 2, 15, 4, 5, 678_000, tzinfo=UTC)


def make_arrival(*recipients: str, channel: str = "email", subject: str = "Tu cita") -> Arrival:
    return Arrival(
        channel=channel,
        sender="taller@example.com",
        recipients=recipients,
        subject=subject,
        text="Te esperamos.",
        html="<p>Te esperamos.</p>",
        headers=(("Subject", subject), ("X-Twice", "1"), ("X-Twice", "2")),
        attachments=(Attachment("a.ics", "text/calendar", b"A"), Attachment("b.pdf", "application/pdf", b"\x00")),
        raw=b"\xff raw",
    )


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "kept")
    yield opened
    opened.close()


def test_a_message_comes_back_whole(store):
    arrival = make_arrival("ana@example.com", "beto@example.com")

    stored = store.find(store.add(arrival, now=NOW))

    assert stored is not None
    assert (stored.id, stored.received_at, stored.arrival) == (1, "2026-03-02T15:04:05.678Z", arrival)


def test_undecodable_letters_do_not_stop_a_message(store):
    number = store.add(make_arrival("ana@example.com", subject="caf\udce9"))

    assert store.find(number).arrival.subject == "caf?"


def test_filters_join_and_the_newest_comes_first(store):
    store.add(make_arrival("ana@example.com"))
    store.add(make_arrival("beto@example.com"))
    store.add(make_arrival("+5215512345678", channel="sms"))
    store.add(make_arrival("ana@example.com", "carla@example.com"))

    def numbers(**filters: object) -> list[int]:
        return [stored.id for stored in store.list_newest(**filters)]

    assert numbers() == [4, 3, 2, 1]
    assert numbers(limit=2) == [4, 3]
    assert numbers(after=2) == [4, 3]
    assert numbers(to="ANA@") == [4, 1]
    assert numbers(channel="sms") == [3]
    assert numbers(to="ana", channel="sms") == []
    assert numbers(to="%") == []


def test_numbers_are_not_used_again(store):
    store.add(make_arrival("ana@example.com"))
    store.clear()

    assert (store.count(), store.find(1)) == (0, None)
    assert store.add(make_arrival("ana@example.com")) == 2


def test_messages_outlive_the_store(tmp_path):
    first = Store(tmp_path)
    first.add(make_arrival("ana@example.com"), now=NOW)
    first.close()

    again = Store(tmp_path)

    assert [stored.arrival for stored in again.list_newest()] == [make_arrival("ana@example.com")]
    again.close()
