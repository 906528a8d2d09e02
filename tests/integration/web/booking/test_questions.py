"""The business's own questions on the booking page: asked in the visitor's language, kept with the booking."""

from __future__ import annotations

import re
from html import unescape

import pytest

from scheduling.models import Booking, Service
from tests.integration.web.booking.test_booking import PERSON, VISIT, list_times

ASKED = {
    "q000001": (
        "choice",
        "¿Qué motor?",
        ["4 cilindros", "6 cilindros"],
        "Which engine?",
        ["4 cylinders", "6 cylinders"],
    ),
    "q000002": ("number", "¿Kilómetros?", [], "Mileage?", []),
    "q000003": ("yes_no", "¿Deja las llaves?", [], "", []),
    "q000004": ("choices", "¿Qué más?", ["Lavado", "Encerado"], "", []),
    "q000005": ("text", "¿Color?", [], "", []),
    "q000006": ("long_text", "¿Qué pasó?", [], "", []),
    "q000007": ("choice", "¿Sucursal?", [str(number) for number in range(12)], "", []),
}
GIVEN = {
    "answers.q000001": "6 cilindros", "answers.q000002": "85,000", "answers.q000003": "no",
    "answers.q000004": ["Encerado"], "answers.q000005": "Rojo", "answers.q000006": "Nada\nmás",
}  # fmt: skip


@pytest.fixture
def service(tenant) -> Service:
    found = Service.objects.filter(approval="instant", deposit_kind="none").order_by("position", "pk").first()
    found.questions = [
        {
            "key": key, "label": label, "kind": kind, "is_required": key in {"q000001", "q000002"}, "choices": choices,
            "texts": [{"language": "en", "label": english, "choices": others}],
        }
        for key, (kind, label, choices, english, others) in ASKED.items()
    ]  # fmt: skip
    found.save()
    return found


def open_visit(client, service, language: str = "es") -> str:
    started = client.get(f"/?service={service.pk}&lang={language}", follow=True)
    return started.request["PATH_INFO"] + "?" + started.request["QUERY_STRING"]


def send_visit(client, service, **changes: object):
    return client.post(open_visit(client, service), {**VISIT, **GIVEN, **changes})


def book(client, service):
    told = send_visit(client, service)
    held = client.post(told.url, {"starts_at": list_times(client.get(told.url))[0]})
    return client.post(held.url, PERSON)


def read_answers() -> list[object]:
    return [each["answer"] for each in Booking.objects.get().answers.get("questions", [])]


def test_questions_are_asked_in_the_language_of_the_page(customer_client, service):
    pages = {each: customer_client.get(open_visit(customer_client, service, each)) for each in ("es", "en")}

    text = {each: unescape(page.content.decode()) for each, page in pages.items()}
    assert [each in text["es"] for each in ("¿Qué motor?", "4 cilindros", "¿Deja las llaves?")] == [True] * 3
    assert [each in text["en"] for each in ("Which engine?", "4 cylinders", "¿Deja las llaves?")] == [True] * 3
    assert re.findall(r'name="answers.q000001" value="([^"]+)"', text["en"]) == ["4 cilindros", "6 cilindros"]


def test_yes_and_no_are_chips_and_what_may_be_left_out_says_so(customer_client, service):
    html = unescape(customer_client.get(open_visit(customer_client, service)).content.decode())

    texts = [re.sub(r"<[^>]+>|\s+", " ", each) for each in re.findall(r"<legend[^>]*>(.*?)</legend>", html, re.DOTALL)]
    said = [" ".join(each.split()) for each in texts]
    assert ("¿Qué más? (opcional)" in said, "¿Qué motor?" in said) == (True, True)
    assert len(re.findall(r'<label class="chip">\s*<input type="radio" name="answers.q000003"', html)) == 2


def test_answers_are_kept_with_the_booking(customer_client, service):
    assert book(customer_client, service).status_code == 302

    assert read_answers() == ["6 cilindros", "85000", False, ["Encerado"], "Rojo", "Nada\nmás"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"answers.q000001": ""}, "answers.q000001"),
        ({"answers.q000001": "8 cilindros"}, "answers.q000001"),
        ({"answers.q000002": ""}, "answers.q000002"),
        ({"answers.q000002": "muchos"}, "answers.q000002"),
        ({"answers.q000003": "quizá"}, "answers.q000003"),
        ({"answers.q000004": ["Pulido"]}, "answers.q000004"),
        ({"answers.q000005": "x" * 5000}, "answers.q000005"),
        ({"answers.q000006": "x" * 1001}, "answers.q000006"),
    ],
)
def test_a_wrong_answer_is_said_at_its_question_and_the_rest_stays(customer_client, service, changes, field):
    page = send_visit(customer_client, service, **changes)

    html = page.content.decode()
    assert (page.status_code, f'id="f-{field}_error"' in html) == (422, True)
    assert 'value="Nissan"' in html or 'value="nissan"' in html


def test_what_was_answered_is_shown_when_somebody_goes_back(customer_client, service):
    told = send_visit(customer_client, service)
    back = re.search(r'href="(/visit/\?d=[^"]+)"', customer_client.get(told.url).content.decode())[1]

    html = customer_client.get(unescape(back)).content.decode()

    assert [each in html for each in ('value="85,000"', 'value="Rojo"', "Nada\nmás")] == [True] * 3
    assert re.findall(r'name="answers.q00000[1-4]" value="([^"]+)"[^>]* checked', html) == [
        "6 cilindros", "no", "Encerado",
    ]  # fmt: skip


def test_a_question_that_came_meanwhile_is_asked_and_the_time_stays_kept(customer_client, service):
    kept, service.questions = service.questions, []
    service.save()
    told = customer_client.post(open_visit(customer_client, service), VISIT)
    held = customer_client.post(told.url, {"starts_at": list_times(customer_client.get(told.url))[0]})
    service.questions = kept
    service.save()

    refused = customer_client.post(held.url, PERSON)
    again = customer_client.post(refused.url, {**VISIT, **GIVEN})

    assert (refused.status_code, refused.url.startswith("/visit/"), again.status_code) == (302, True, 302)
    assert Booking.objects.get().status == "held"


def test_a_question_that_went_meanwhile_refuses_nothing(customer_client, service):
    told = send_visit(customer_client, service)
    held = customer_client.post(told.url, {"starts_at": list_times(customer_client.get(told.url))[0]})
    service.questions = service.questions[:1]
    service.save()

    assert customer_client.post(held.url, PERSON).status_code == 302
    assert read_answers() == ["6 cilindros"]


def test_the_desk_reads_every_answer(customer_client, owner_client, service):
    book(customer_client, service)

    page = unescape(owner_client.get(f"/workspace/bookings/{Booking.objects.get().pk}/?lang=es").content.decode())

    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert [each in text for each in ("¿Qué motor? 6 cilindros", "¿Deja las llaves? No", "¿Qué más? Encerado")] == [
        True, True, True,
    ]  # fmt: skip


def test_the_longest_answers_fit_into_the_address(customer_client, service):
    told = send_visit(customer_client, service, **{"answers.q000005": "漢" * 200, "answers.q000006": "字" * 1000})

    assert (told.status_code, len(told.url) < 12_000) == (302, True)
    assert customer_client.get(told.url).status_code == 200
