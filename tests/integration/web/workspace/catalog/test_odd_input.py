"""Odd input in every field of a service, a resource and a type: said at its field in both languages, nothing lost."""

from __future__ import annotations

import re
from html import unescape

import pytest

from scheduling.models import Resource, ResourceType, Service
from tests.conftest import HostClient
from tests.integration.web.workspace.browser_form import read_form

SERVICES, RESOURCES, TYPES = "/workspace/services/", "/workspace/resources/", "/workspace/resource_types/"
NUMBERS = (
    "-1", "NaN", "Infinity", "1e9", "１２", "١٢", "0x10", "1_0", "1 0 0 0 x", "9" * 40, "½", "+", "--5", "1.5.2", "∞",
    "\u202e21", "12\x00", "<b>1</b>", "' or 1=1", "=1+1",
)  # fmt: skip
TEXTS = {"bell": "A\x07B", "nul": "A\x00B"}
FIELDS = (
    "duration_minutes", "price", "buffer_before_minutes", "buffer_after_minutes", "step_minutes", "latest_start",
    "minimum_notice_minutes", "booking_window_days", "seats", "max_party_size", "answer_within_minutes",
    "answer_ahead_minutes", "cancel_cutoff_minutes", "move_cutoff_minutes", "hold_minutes", "other_reminder",
    "position", "requirements-0-quantity", "requirements-0-starts_after_minutes", "requirements-0-duration_minutes",
)  # fmt: skip


def save(client: HostClient, address: str, **typed: object):
    return client.post(address, {**read_form(client, address), **typed})


def read_fields(model) -> list[dict]:
    return list(model.objects.order_by("pk").values())


@pytest.fixture
def oil(tenant) -> Service:
    return next(each for each in Service.objects.order_by("pk") if each.requirements.count() > 1)


@pytest.mark.parametrize("typed", NUMBERS)
def test_what_is_no_number_is_refused_and_kept_in_each_field(owner_client, oil, typed):
    before = read_fields(Service)

    answer = save(owner_client, f"{SERVICES}{oil.pk}/", **dict.fromkeys(FIELDS, typed))

    page = unescape(answer.content.decode())
    kept = page.count(f'value="{typed}"') >= len(FIELDS) or "\x00" in typed
    assert (answer.status_code, [field for field in FIELDS if f'id="f-{field}_error"' not in page]) == (422, [])
    assert (kept, read_fields(Service)) == (True, before)


def test_every_message_is_in_the_language_of_the_page(owner_client, oil):
    said = []
    for language in ("es", "en"):
        address = f"{SERVICES}{oil.pk}/?lang={language}"
        form = read_form(owner_client, address)
        page = owner_client.post(address, {**form, **dict.fromkeys(FIELDS, "-1"), "name": ""}).content.decode()
        found = re.findall(r'<span class="error">(.*?)</span></span>', page, re.DOTALL)
        said.append([" ".join(unescape(re.sub(r"<[^>]+>", " ", each)).split()) for each in found])

    spanish, english = said
    assert (len(spanish), set(spanish) & set(english)) == (len(english), set())
    assert len(spanish) > len(FIELDS)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("field", ["name", "name_en", "category", "description", "requirements-0-skill"])
def test_what_no_database_stores_is_refused_at_its_field(owner_client, oil, field, text):
    before = read_fields(Service)

    answer = save(owner_client, f"{SERVICES}{oil.pk}/", **{field: text})

    refused = f'id="f-{field}_error"' in unescape(answer.content.decode())
    assert (answer.status_code, refused, read_fields(Service)) == (422, True, before)


@pytest.mark.parametrize(
    ("address", "field"),
    [(SERVICES, "name"), (SERVICES, "category"), (SERVICES, "description"), (RESOURCES, "name"), (TYPES, "name")],
)
def test_five_thousand_characters_are_refused_at_the_field(owner_client, oil, address, field):
    model = {SERVICES: Service, RESOURCES: Resource, TYPES: ResourceType}[address]
    row, before = model.objects.order_by("pk").first(), read_fields(model)

    answer = save(owner_client, f"{address}{row.pk}/", **{field: "x" * 5000})

    page = answer.content.decode()
    assert (answer.status_code, f'id="f-{field}_error"' in page, "x" * 5000 in page) == (422, True, True)
    assert read_fields(model) == before


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "شركة السيارات", "\u202eabc", "Ñandú & “Cía”", "🚗" * 30]
)
def test_a_strange_name_is_stored_and_shown_as_text(owner_client, oil, name):
    answer = save(owner_client, f"{SERVICES}{oil.pk}/", name=name, category=name)

    assert answer.status_code == 302
    page = owner_client.get(SERVICES).content.decode()
    assert ("<script>alert" in page, Service.objects.get(pk=oil.pk).name.strip("\u202e") in unescape(page)) == (
        False, True,
    )  # fmt: skip
