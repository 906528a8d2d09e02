"""The carrier's door: who may send, what is refused, and how an answer reads."""

from __future__ import annotations

import base64
from urllib.parse import urlencode

import pytest

from devtools.catcher.carrier import take_message
from devtools.catcher.store import Store

_FORM = {"To": "+5215512345678", "From": "+15005550006", "Body": "Tu cita: mañana, 10:00"}


def basic(credentials: str) -> str:
    return f"Basic {base64.b64encode(credentials.encode()).decode()}"


_CREDENTIALS = basic("AC1:secret")


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path)
    yield opened
    opened.close()


def send(store, *, authorization=_CREDENTIALS, **changes):
    form = {name: value for name, value in (_FORM | changes).items() if value is not None}
    return take_message(store, account="AC1", authorization=authorization, body=urlencode(form).encode())


def test_a_message_is_kept_and_answered_as_queued(store):
    status, answer = send(store)

    assert status == 201
    sid = answer["sid"]
    assert (answer["to"], answer["from"], answer["body"]) == (_FORM["To"], _FORM["From"], _FORM["Body"])
    assert (answer["status"], answer["account_sid"]) == ("queued", "AC1")
    assert answer["uri"] == f"/2010-04-01/Accounts/AC1/Messages/{sid}.json"
    assert [stored.arrival.text for stored in store.list_newest()] == [_FORM["Body"]]


@pytest.mark.parametrize(
    ("body", "segments"),
    [
        ("x" * 160, "1"),
        ("x" * 161, "2"),
        ("ñ" * 306, "2"),
        ("x" * 307, "3"),
        ("📅" * 70, "1"),
        ("📅" * 71, "2"),
        ("📅" * 135, "3"),
    ],
)
def test_segments_are_counted_by_the_alphabet(store, body, segments):
    assert send(store, Body=body)[1]["num_segments"] == segments


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"To": None}, 21604),
        ({"From": None}, 21603),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
        ({"To": "55 1234 5678"}, 21211),
        ({"To": "+15005550001"}, 21211),
        ({"To": "+15005550009"}, 21614),
        ({"To": None, "From": None, "Body": None}, 21604),
    ],
)
def test_a_faulty_form_is_refused_by_its_code(store, changes, code):
    status, answer = send(store, **changes)

    assert (status, answer["code"], answer["status"]) == (400, code, 400)
    assert answer["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert store.count() == 0


def test_a_messaging_service_may_send(store):
    status, answer = send(store, From=None, MessagingServiceSid="MG1")

    assert (status, answer["from"], answer["messaging_service_sid"]) == (201, None, "MG1")


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic !",
        f"Basic {base64.b64encode(bytes([255, 254])).decode()}",
        basic("AC2:secret"),
        basic("AC1:"),
        basic("AC1"),
        basic("AC1:secret").replace("Basic", "Bearer"),
    ],
)
def test_who_does_not_prove_the_account_sends_nothing(store, authorization):
    status, answer = send(store, authorization=authorization)

    assert (status, answer["code"]) == (401, 20003)
    assert store.count() == 0
