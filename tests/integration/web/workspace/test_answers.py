"""What a service asks is asked at the desk too, corrected with history, and never lost by a change of the service."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest

from scheduling.enums import ActorKind
from scheduling.models import Booking, Service
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.bookings.corrections import correct_booking
from scheduling.types import Actor, Correction
from tests.integration.web.workspace.test_bookings import new_booking, some_start
from tests.integration.web.workspace.test_drawer import DRAWER, NEW, PART

ASKED = [
    ("q1", "choice", "¿Qué motor?", ["4 cilindros", "6 cilindros"], True),
    ("q2", "number", "Kilómetros", [], True),
    ("q3", "yes_no", "¿Deja las llaves?", [], False),
    ("q4", "choices", "¿Qué más?", ["Lavado", "Encerado"], False),
    ("q5", "text", "¿Color?", [], False),
    ("q6", "long_text", "¿Qué pasó?", [], False),
]
GIVEN = {
    "answers.q1": "6 cilindros", "answers.q2": "85,000", "answers.q3": "no",
    "answers.q4": ["Lavado", "Encerado"], "answers.q5": "Rojo", "answers.q6": "Nada\nmás",
}  # fmt: skip
KEPT = ["6 cilindros", "85000", False, ["Lavado", "Encerado"], "Rojo", "Nada\nmás"]


@pytest.fixture
def service(tenant) -> Service:
    found = Service.objects.get(pk=new_booking()["service"])
    found.questions = [
        {"key": key, "label": label, "kind": kind, "is_required": is_required, "choices": choices, "texts": []}
        for key, kind, label, choices, is_required in ASKED
    ]
    found.save()
    return found


def fill(service: Service, **changes: object) -> dict[str, object]:
    return {**new_booking(service=str(service.pk)), "starts_at": some_start(str(service.pk)), **GIVEN, **changes}


def book(client, service: Service, **changes: object) -> Booking:
    client.post(NEW, fill(service, **changes))
    return Booking.objects.get()


def read_answers(booking: Booking) -> dict[str, object]:
    return {each["label"]: each["answer"] for each in Booking.objects.get(pk=booking.pk).answers.get("questions", [])}


def correct_url(booking: Booking) -> str:
    return f"/workspace/bookings/{booking.pk}/correct/"


def make_correction(client, booking: Booking, **changes: object) -> dict[str, object]:
    """Return what the form for corrections sends when it is sent as it is, but for ``changes``."""
    page = unescape(client.get(correct_url(booking)).content.decode())
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    return {"name": booking.customer_name, "phone": booking.customer_phone, "email": booking.customer_email,
            **{f"asset.{key}": text for key, text in booking.asset_data.items()},
            "note": booking.note, "price": "", "seen": seen, **GIVEN, **changes}  # fmt: skip


def say_history(client, booking: Booking) -> str:
    page = unescape(client.get(f"/workspace/bookings/{booking.pk}/").content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize("kind", [{}, PART, DRAWER], ids=["page", "part", "drawer"])
def test_questions_come_with_the_service(owner_client, service, kind):
    before = owner_client.get(NEW, **kind).content.decode()
    page = unescape(owner_client.post(NEW, {"service": service.pk, **GIVEN}, **kind).content.decode())

    assert "answers." not in before
    assert [f'name="answers.{key}"' in page for key, *_ in ASKED] == [True] * 6
    chosen = page[page.index('id="choose"') :]
    assert [each in chosen for each in ('value="85,000"', 'value="Rojo"', "Nada\nmás", '"6 cilindros" selected')] == [
        True, True, True, True,
    ]  # fmt: skip
    assert re.findall(r'name="answers.q4" value="([^"]+)"[^>]* checked', chosen) == ["Lavado", "Encerado"]


def test_what_the_desk_is_told_is_kept(owner_client, service):
    booking = book(owner_client, service)

    assert list(read_answers(booking).values()) == KEPT
    assert "¿Deja las llaves? No" in say_history(owner_client, booking)


def test_the_desk_may_leave_every_question_open(owner_client, service):
    booking = book(owner_client, service, **{**dict.fromkeys(GIVEN, ""), "answers.q4": []})

    assert read_answers(booking) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"answers.q1": "8 cilindros"},
        {"answers.q2": "muchos"},
        {"answers.q3": "quizá"},
        {"answers.q4": ["Pulido"]},
        {"answers.q5": "x" * 300},
        {"answers.q6": "x" * 1001},
    ],
)
def test_a_wrong_answer_is_said_at_its_question(owner_client, service, wrong):
    refused = owner_client.post(NEW, fill(service, **wrong))

    field = next(iter(wrong))
    page = refused.content.decode()
    assert (refused.status_code, f'id="f-{field}_error"' in page, Booking.objects.count()) == (422, True, 0)
    assert "Teresa Ríos" in page

    booking = book(owner_client, service)
    again = owner_client.post(correct_url(booking), make_correction(owner_client, booking, **wrong))
    assert (again.status_code, f'id="f-{field}_error"' in again.content.decode()) == (422, True)
    assert list(read_answers(booking).values()) == KEPT


def test_answers_are_corrected_and_the_history_says_so(owner_client, service):
    booking = book(owner_client, service)

    answer = owner_client.post(
        correct_url(booking),
        make_correction(owner_client, booking, **{"answers.q1": "4 cilindros", "answers.q3": "", "answers.q5": "Azul"}),
    )

    assert answer.status_code == 302
    assert list(read_answers(booking).values()) == ["4 cilindros", "85000", ["Lavado", "Encerado"], "Azul", "Nada\nmás"]
    text = say_history(owner_client, booking)
    assert "¿Qué motor? 6 cilindros → 4 cilindros" in text
    assert "¿Deja las llaves? No → —" in text
    assert "¿Color? Rojo → Azul" in text
    assert "Kilómetros:" not in text


def test_saved_as_it_is_nothing_changes(owner_client, service):
    booking = book(owner_client, service)
    rows = booking.history.count()
    service.questions = list(reversed(service.questions))
    service.save()

    owner_client.post(correct_url(booking), make_correction(owner_client, booking, price="990"))

    written = list(booking.history.all()[: booking.history.count() - rows])
    assert list(read_answers(booking).values()) == KEPT
    assert [(each.price_minor, each.answers) for each in written] == [(99_000, booking.answers)]


def test_what_a_service_asks_no_more_stays_and_can_be_corrected(owner_client, service):
    booking = book(owner_client, service)
    service.questions = [
        {**service.questions[0], "choices": ["Eléctrico"], "label": "¿Motor?"},
        {**service.questions[1], "kind": "text"},
    ]
    service.save()

    owner_client.post(correct_url(booking), make_correction(owner_client, booking, **{"answers.q5": "Azul"}))
    same = read_answers(booking)
    owner_client.post(
        correct_url(booking), make_correction(owner_client, booking, **{"answers.q1": "Eléctrico", "answers.q5": ""})
    )

    assert same == dict(zip((label for _, _, label, _, _ in ASKED), [*KEPT[:4], "Azul", KEPT[5]], strict=True))
    assert read_answers(booking) == {
        "¿Motor?": "Eléctrico", "Kilómetros": "85000", "¿Deja las llaves?": False,
        "¿Qué más?": ["Lavado", "Encerado"], "¿Qué pasó?": "Nada\nmás",
    }  # fmt: skip


def test_somebody_elses_correction_of_an_answer_is_noticed(owner_client, service):
    booking = book(owner_client, service)
    old = make_correction(owner_client, booking, **{"answers.q5": "Verde"})
    owner_client.post(correct_url(booking), make_correction(owner_client, booking, **{"answers.q5": "Azul"}))

    assert owner_client.post(correct_url(booking), old).status_code == 409
    assert read_answers(booking)["¿Color?"] == "Azul"


def test_a_correction_that_says_nothing_of_answers_leaves_them(owner_client, service):
    booking = book(owner_client, service)
    there = get_booking(booking_id=booking.pk)

    correct_booking(
        booking_id=booking.pk,
        correction=Correction(
            name="Otra Persona", phone=there.customer_phone, email=there.customer_email, asset=there.asset_data,
            note="", price_minor=there.price_minor,
        ),
        now=datetime.now(tz=UTC),
        by=Actor(kind=ActorKind.STAFF, user_id=None),
    )  # fmt: skip

    assert list(read_answers(booking).values()) == KEPT
