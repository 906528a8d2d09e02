"""What a service says in two languages, and what it asks: through the door, to bookings and to messages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifications.models import Message
from scheduling.enums import BookingSource, QuestionKind
from scheduling.errors import CustomerInvalid, SetupInvalid
from scheduling.models import Booking, BookingLine, Service
from scheduling.selectors.bookings.views import get_booking
from scheduling.selectors.catalog.entries import get_service_entry, list_add_on_entries, list_service_entries
from scheduling.selectors.catalog.offer import load_offer
from scheduling.services.bookings.holds import hold_slot
from scheduling.services.bookings.submissions import book_slot, submit_booking
from scheduling.services.catalog.add_ons import create_add_on
from scheduling.services.catalog.batches.service_copies import copy_service
from scheduling.services.catalog.services import change_service
from scheduling.services.messages.words import make_business_words, make_customer_words
from scheduling.types import AddOnSetup, LocalText, Question, QuestionText, SlotRequest
from tests.factories.scheduling import CUSTOMER, DETAILS, MONDAY, NOW, STAFF, make_shop, make_wish

ENGLISH = LocalText(language="en", name="Oil change", description="With filter.", category="Upkeep")
ENGINE = Question(
    key="q00000a", label="¿Qué motor?", kind=QuestionKind.CHOICE, is_required=True, choices=("4 cil.", "6 cil."),
    texts=(QuestionText(language="en", label="Which engine?", choices=("4 cyl.", "6 cyl.")),),
)  # fmt: skip
KEYS = Question(key="q00000b", label="¿Deja llaves?", kind=QuestionKind.YES_NO)


@pytest.fixture
def oil(tenant) -> int:
    service_id, _ = make_shop(name="Cambio de aceite")
    Service.objects.filter(pk=service_id).update(category="Mantenimiento", description="Con filtro.")
    save(service_id, texts=(ENGLISH,), questions=(ENGINE, KEYS))
    return service_id


def save(service_id: int, **changes: object) -> None:
    entry = get_service_entry(service_id=service_id, now=NOW)
    change_service(service_id=service_id, setup=replace(entry.setup, **changes), version=None, by=STAFF, now=NOW)


def find_errors(service_id: int, **changes: object):
    with pytest.raises(SetupInvalid) as refused:
        save(service_id, **changes)
    return dict(refused.value.errors)


def book(service_id: int, answers: dict[str, object], *, by=CUSTOMER, locale: str = "en", **asked: object):
    details = replace(DETAILS, answers=answers, customer=replace(DETAILS.customer, locale=locale))
    request = SlotRequest(make_wish(service_id, **asked), MONDAY)
    return book_slot(request=request, details=details, now=NOW, source=BookingSource.PAGE, by=by)


def test_customers_read_their_language_and_the_business_s_own_where_nothing_is_said(oil):
    create_add_on(
        setup=AddOnSetup(service_id=oil, name="Lavado", texts=(LocalText(language="en", name="Wash"),)),
        by=STAFF, now=NOW,
    )  # fmt: skip
    create_add_on(setup=AddOnSetup(service_id=oil, name="Encerado"), by=STAFF, now=NOW)

    said = {
        language: (view.name, view.description, view.category, [each.name for each in view.add_ons])
        for language in ("es", "en")
        if (view := load_offer().say_in(language).find_service(oil))
    }

    assert said == {
        "es": ("Cambio de aceite", "Con filtro.", "Mantenimiento", ["Lavado", "Encerado"]),
        "en": ("Oil change", "With filter.", "Upkeep", ["Wash", "Encerado"]),
    }


def test_a_heading_is_one_for_all_its_services(oil):
    other, _ = make_shop(name="Frenos")
    Service.objects.filter(pk=other).update(category="Mantenimiento")

    offer = load_offer().say_in("en")

    assert [offer.find_service(each).category for each in (oil, other)] == ["Upkeep", "Upkeep"]
    assert offer.find_service(other).name == "Frenos"


@pytest.mark.parametrize("typed", ["oil", "aceite", "UPKEEP", "mantenimiento"])
def test_a_service_is_found_in_both_languages(oil, typed):
    Service.objects.exclude(pk=oil).update(is_active=False)

    assert [each.id for each in list_service_entries(now=NOW, search=typed)] == [oil]


def test_empty_texts_are_not_kept(oil):
    save(oil, texts=(LocalText(language="en", name="  "),))

    assert Service.objects.get(pk=oil).texts == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"texts": (replace(ENGLISH, name="x" * 121),)}, "texts.en.name"),
        ({"texts": (replace(ENGLISH, name="a\x00"),)}, "texts.en.name"),
        ({"texts": (replace(ENGLISH, category="x" * 81),)}, "texts.en.category"),
        ({"texts": (replace(ENGLISH, description="x" * 2001),)}, "texts.en.description"),
        ({"texts": (replace(ENGLISH, language="tlh"),)}, "texts.tlh"),
        ({"texts": (ENGLISH, ENGLISH)}, "texts"),
        ({"questions": (replace(KEYS, label=" "),)}, "questions.0.label"),
        ({"questions": (replace(KEYS, label="x" * 5000),)}, "questions.0.label"),
        ({"questions": (KEYS, replace(KEYS, key="q00000c", label="¿DEJA llaves?"))}, "questions.1.label"),
        ({"questions": (KEYS, replace(ENGINE, key=KEYS.key))}, "questions.1.label"),
        ({"questions": (replace(KEYS, key="note"),)}, "questions.0.label"),
        ({"questions": (replace(ENGINE, choices=("Solo",), texts=()),)}, "questions.0.choices"),
        ({"questions": (replace(ENGINE, choices=("a", "A"), texts=()),)}, "questions.0.choices"),
        ({"questions": (replace(ENGINE, choices=tuple(map(str, range(21))), texts=()),)}, "questions.0.choices"),
        ({"questions": (replace(ENGINE, choices=("a", "x" * 81), texts=()),)}, "questions.0.choices"),
        ({"questions": (replace(ENGINE, choices=("a", "b", "c")),)}, "questions.0.texts.en.choices"),
        (
            {"questions": (replace(KEYS, texts=(QuestionText(language="xx", label="?"),)),)},
            "questions.0.texts.xx",
        ),
        (
            {"questions": tuple(replace(KEYS, key=f"q{n:06}", label=f"{n}") for n in range(11))},
            "questions",
        ),
    ],
)
def test_words_that_cannot_be_are_refused_at_their_field(oil, changes, field):
    before = get_service_entry(service_id=oil, now=NOW)

    assert list(find_errors(oil, **changes)) == [field]
    assert get_service_entry(service_id=oil, now=NOW) == before


def test_a_new_question_gets_a_key_and_keeps_it(oil):
    save(oil, questions=(Question(label="¿Color?", choices=("no", "need")),))
    (made,) = get_service_entry(service_id=oil, now=NOW).setup.questions

    save(oil, questions=(replace(made, label="¿De qué color?"),))
    (changed,) = get_service_entry(service_id=oil, now=NOW).setup.questions

    assert (changed.key, changed.label, changed.choices) == (made.key, "¿De qué color?", ())


def test_answers_are_kept_with_the_words_in_which_they_were_asked(oil):
    booked = book(oil, {"q00000a": "6 cil.", "q00000b": False})

    save(oil, questions=(replace(ENGINE, label="Otra", choices=("a", "b")),))

    assert Booking.objects.get(pk=booked.booking_id).answers == {
        "questions": [
            {"key": "q00000a", "kind": "choice", "label": "¿Qué motor?", "answer": "6 cil."},
            {"key": "q00000b", "kind": "yes_no", "label": "¿Deja llaves?", "answer": False},
        ]
    }


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        ({}, ["answers.q00000a"]),
        ({"q00000a": "8 cil."}, ["answers.q00000a"]),
        ({"q00000a": "4 cil.", "q00000b": "quizá"}, ["answers.q00000b"]),
        ({"q00000a": "4 cil.", "q99999z": "x"}, ["answers.q99999z"]),
    ],
)
def test_what_a_customer_answers_wrongly_is_refused_at_the_question(oil, answers, fields):
    with pytest.raises(CustomerInvalid) as refused:
        book(oil, answers)

    assert list(refused.value.errors) == fields
    assert not Booking.objects.exists()


def test_staff_leave_open_what_they_do_not_know(oil):
    booked = book(oil, {"q00000b": True}, by=STAFF)

    (answer,) = Booking.objects.get(pk=booked.booking_id).answers["questions"]
    assert answer["key"] == "q00000b"


def test_a_hold_asks_what_the_service_asks_when_it_is_submitted(oil):
    request = SlotRequest(make_wish(oil), MONDAY)
    held = hold_slot(request=request, now=NOW, source=BookingSource.PAGE)

    with pytest.raises(CustomerInvalid) as refused:
        submit_booking(hold_id=held.id, token=held.token, details=DETAILS, now=NOW)
    submit_booking(hold_id=held.id, token=held.token, details=replace(DETAILS, answers={"q00000a": "4 cil."}), now=NOW)

    assert list(refused.value.errors) == ["answers.q00000a"]
    assert [each["answer"] for each in Booking.objects.get(pk=held.id).answers["questions"]] == ["4 cil."]


def test_who_booked_reads_the_service_in_their_language_and_staff_in_the_business_s(oil):
    extra = create_add_on(
        setup=AddOnSetup(service_id=oil, name="Lavado", texts=(LocalText(language="en", name="Wash"),)),
        by=STAFF, now=NOW,
    )  # fmt: skip
    booked = book(oil, {"q00000a": "4 cil.", "q00000b": True}, add_on_ids=(extra,))
    save(oil, name="Otro nombre", texts=())
    booking = get_booking(booking_id=booked.booking_id)

    told = make_customer_words(booking, template="booking_confirmed", now=NOW)
    noticed = make_business_words(booking)

    assert {language: words["service_name"] for language, words in told.items()} == {
        "es": "Cambio de aceite + Lavado",
        "en": "Oil change + Wash",
    }
    assert {language: (words["service_name"], words["answers"]) for language, words in noticed.items()} == {
        "es": ("Cambio de aceite + Lavado", "¿Qué motor? 4 cil. · ¿Deja llaves? Sí"),
        "en": ("Cambio de aceite + Lavado", "¿Qué motor? 4 cil. · ¿Deja llaves? Yes"),
    }
    assert "answers" not in told["es"]


def test_a_booking_of_before_there_were_languages_is_told_in_the_only_one(oil):
    booked = book(oil, {"q00000a": "4 cil."})
    BookingLine.objects.update(service_names={}, add_ons=[{"id": 1, "name": "Lavado", "minutes": 1, "price_minor": 1}])

    booking = get_booking(booking_id=booked.booking_id).say_in("en")

    assert (booking.service_name, booking.lines[0].add_on_names) == ("Cambio de aceite", ("Lavado",))
    assert Message.objects.count() == 0


def test_a_copy_says_and_asks_the_same(oil):
    texts = (LocalText(language="en", name="Wash"),)
    create_add_on(setup=AddOnSetup(service_id=oil, name="Lavado", texts=texts), by=STAFF, now=NOW)

    copy = copy_service(service_id=oil, title="Copia de %(name)s", by=STAFF, now=NOW)

    made = get_service_entry(service_id=copy, now=NOW).setup
    assert (made.texts, made.questions) == ((ENGLISH,), (ENGINE, KEYS))
    assert [each.setup.texts for each in list_add_on_entries(service_id=copy, now=NOW)] == [texts]
