"""The form of a service: its words in both languages, and what it asks, as rows."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from scheduling.enums import QuestionKind
from scheduling.models import AddOn, Service
from scheduling.selectors.catalog.entries import get_service_entry
from scheduling.services.catalog.services import change_service
from scheduling.types import LocalText, Question, QuestionText
from tests.conftest import HostClient
from tests.factories.scheduling import NOW, STAFF
from tests.integration.web.workspace.browser_form import read_form, read_page

LIST = "/workspace/services/"
WORST = "<script>alert(1)</script>\"'&"
ROW = {"label": "¿Motor?", "kind": "choice", "is_required": "on", "choices": "Uno\nDos", "choices_en": "One\nTwo"}


@pytest.fixture
def oil(tenant) -> Service:
    service = Service.objects.order_by("position", "pk").first()
    AddOn.objects.filter(service=service).delete()
    return service


def change(client: HostClient, row: Service, **typed: object):
    address = f"{LIST}{row.pk}/?lang=es"
    return client.post(address, {**read_form(client, address), **typed})


def load(row: Service):
    return get_service_entry(service_id=row.pk, now=NOW).setup


def ask(*rows: dict[str, str]) -> dict[str, object]:
    typed: dict[str, object] = {"questions-row": [str(number) for number in range(len(rows))]}
    for number, row in enumerate(rows):
        typed |= {f"questions-{number}-{name}": text for name, text in {"key": "", **row}.items()}
    return typed


def test_names_stand_side_by_side_the_own_language_first(owner_client, oil):
    page = owner_client.get(f"{LIST}{oil.pk}/?lang=es").content.decode()

    labels = re.findall(r'<label[^>]*for="f-(?:name|category|description)[^"]*"[^>]*>\s*([^<(]+)', page)
    assert [each.strip() for each in labels] == [
        "Nombre en español", "Nombre en inglés", "Categoría en español", "Categoría en inglés",
        "Descripción en español", "Descripción en inglés",
    ]  # fmt: skip


def test_both_languages_are_saved_shown_again_and_told_in_the_history(owner_client, oil):
    typed = {"name_en": " Oil  change ", "category_en": "Upkeep", "description_en": "With filter."}

    answer = change(owner_client, oil, **typed)

    assert answer.status_code == 302
    assert load(oil).texts == (
        LocalText(language="en", name="Oil change", category="Upkeep", description="With filter."),
    )
    assert read_form(owner_client, f"{LIST}{oil.pk}/")["name_en"] == "Oil change"
    history = owner_client.get(f"{LIST}{oil.pk}/history/?lang=es").content.decode()
    assert "En otros idiomas" in history
    assert "inglés: Oil change · Upkeep · With filter." in history


@pytest.mark.parametrize(("field", "length"), [("name_en", 121), ("category_en", 81), ("description_en", 2001)])
def test_a_text_that_is_too_long_is_said_at_its_field_and_stays(owner_client, oil, field, length):
    before = load(oil)

    answer = change(owner_client, oil, **{field: "x" * length})

    page = answer.content.decode()
    assert (answer.status_code, f'href="#f-{field}"' in page, "x" * length in page) == (422, True, True)
    assert load(oil) == before


def test_a_business_that_changed_its_language_finds_its_words_on_the_right_side(owner_client, oil, tenant):
    Service.objects.filter(pk=oil.pk).update(
        name="Oil change", texts=[{"language": "es", "name": "Cambio", "description": "", "category": ""}]
    )

    form = read_form(owner_client, f"{LIST}{oil.pk}/")

    assert (form["name"], form["name_en"]) == ("Cambio", "Oil change")


def test_questions_are_saved_in_their_order_with_their_options(owner_client, oil):
    answer = change(owner_client, oil, **ask(ROW, {"label": "¿Kilómetros?", "kind": "number", "label_en": "Mileage?"}))

    assert answer.status_code == 302
    first, second = load(oil).questions
    assert first == Question(
        key=first.key, label="¿Motor?", kind=QuestionKind.CHOICE, is_required=True, choices=("Uno", "Dos"),
        texts=(QuestionText(language="en", choices=("One", "Two")),),
    )  # fmt: skip
    assert (second.label, second.kind, second.is_required) == ("¿Kilómetros?", QuestionKind.NUMBER, False)
    before = load(oil)
    assert change(owner_client, oil).status_code == 302
    assert load(oil) == before
    history = owner_client.get(f"{LIST}{oil.pk}/history/?lang=es").content.decode()
    assert "¿Motor? (Una opción, Uno, Dos) · ¿Kilómetros? (Número)" in history


def test_rows_are_added_lifted_and_taken_away_with_what_was_typed(owner_client, oil):
    address = f"{LIST}{oil.pk}/"
    typed = read_form(owner_client, address) | ask(ROW, {"label": "B", "kind": "text"})

    added = owner_client.post(address, {**typed, "do": "add-questions"}).content.decode()
    lifted = owner_client.post(address, {**typed, "do": "up-questions-1"}).content.decode()
    gone = owner_client.post(address, {**typed, "do": "remove-questions-0"}).content.decode()

    rows = [re.findall(r'name="questions-row" value="(\d+)"', page) for page in (added, lifted, gone)]
    assert rows == [["0", "1", "2"], ["1", "0"], ["1"]]
    assert 'value="¿Motor?"' in lifted
    assert load(oil).questions == ()


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"label": "", "kind": "text"}, "label"),
        ({"label": "x" * 5000, "kind": "text"}, "label"),
        ({"label": "a", "kind": "essay"}, "kind"),
        ({"label": "a", "kind": "choice", "choices": "Solo"}, "choices"),
        ({"label": "a", "kind": "choice", "choices": "A\na"}, "choices"),
        ({"label": "a", "kind": "choices", "choices": "\n".join(map(str, range(21)))}, "choices"),
        ({"label": "a", "kind": "choice", "choices": "A\nB", "choices_en": "A"}, "choices_en"),
        ({"label": "a", "label_en": "x" * 201, "kind": "text"}, "label_en"),
        ({"label": "a", "kind": "text", "key": "note"}, "label"),
    ],
)
def test_what_is_wrong_with_a_question_is_said_in_its_row(owner_client, oil, row, field):
    before = load(oil)

    answer = change(owner_client, oil, **ask(row))

    page = answer.content.decode()
    assert (answer.status_code, f'id="f-questions-0-{field}_error"' in page) == (422, True)
    assert load(oil) == before


def test_eleven_questions_are_too_many(owner_client, oil):
    answer = change(owner_client, oil, **ask(*({"label": f"¿{n}?", "kind": "text"} for n in range(11))))

    assert (answer.status_code, "Como máximo, 10 preguntas." in answer.content.decode()) == (422, True)


def test_an_extra_has_a_name_in_each_language(owner_client, oil):
    extra = {"extras-row": ["0"], "extras-0-name": "Lavado", "extras-0-name_en": "Wash", "extras-0-minutes": "5"}

    assert change(owner_client, oil, **extra).status_code == 302

    made = AddOn.objects.get(service=oil, is_active=True)
    assert made.texts == [{"language": "en", "name": "Wash", "description": "", "category": ""}]
    assert read_form(owner_client, f"{LIST}{oil.pk}/")["extras-0-name_en"] == "Wash"


def test_what_two_editors_say_in_two_languages_is_not_lost(owner_client, oil):
    seen = read_form(owner_client, f"{LIST}{oil.pk}/")
    question = Question(label="¿Otro?")
    change_service(service_id=oil.pk, setup=replace(load(oil), questions=(question,)), version=None, by=STAFF, now=NOW)

    second = owner_client.post(f"{LIST}{oil.pk}/?lang=es", {**seen, "name_en": "Oil change"})
    merged = read_page(second.content.decode())
    last = owner_client.post(f"{LIST}{oil.pk}/", merged)

    assert (second.status_code, last.status_code) == (409, 302)
    setup = load(oil)
    assert ([each.label for each in setup.questions], setup.texts[0].name) == (["¿Otro?"], "Oil change")


def test_nothing_that_a_business_types_breaks_its_pages(owner_client, customer_client, oil):
    rows = [{"label": f"{WORST} {kind}", "kind": kind, "choices": f"{WORST}\nשלום"} for kind in QuestionKind]

    assert change(owner_client, oil, name_en=WORST, category_en=WORST, **ask(*rows)).status_code == 302
    pages = [
        owner_client.get(f"{LIST}{oil.pk}/"),
        owner_client.get(f"{LIST}{oil.pk}/history/"),
        customer_client.get(f"/?service={oil.pk}&lang=en", follow=True),
        customer_client.get("/?lang=en"),
    ]

    assert [(page.status_code, "<script>alert(1)" in page.content.decode()) for page in pages] == [(200, False)] * 4
