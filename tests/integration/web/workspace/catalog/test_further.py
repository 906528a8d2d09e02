"""What a service's form asks last: who is chosen, how long a time is kept, reminders and order."""

from __future__ import annotations

import re

import pytest

from scheduling.models import RequirementResource, Resource, Service
from tests.conftest import HostClient
from tests.integration.web.workspace.browser_form import read_form, read_page

LIST = "/workspace/services/"


def change(client: HostClient, row: Service, **typed: object):
    address = f"{LIST}{row.pk}/"
    return client.post(address, {**read_form(client, address), **typed})


def read_row(row: Service) -> tuple[str, int, list[int], int]:
    row.refresh_from_db()
    return row.strategy, row.hold_minutes, row.reminder_offsets_minutes, row.position


@pytest.fixture
def oil(tenant) -> Service:
    return Service.objects.order_by("position", "pk").first()


def test_all_of_it_is_changed_by_the_form_and_told_by_the_history(owner_client, oil):
    before = read_row(oil)

    answer = change(
        owner_client, oil, strategy="round_robin", hold_minutes="15 min", reminders=["2880", "60"],
        other_reminder="45", other_reminder_unit="minutes", position="7",
    )  # fmt: skip

    assert (answer.status_code, before[0], read_row(oil)) == (
        302, "least_busy", ("round_robin", 15, [2880, 60, 45], 7),
    )  # fmt: skip
    page = owner_client.get(f"{LIST}{oil.pk}/history/").content.decode()
    assert "A quién le toca: <s>Al más libre</s> → <b>Por turnos</b>" in page
    assert re.search(r"Recordatorios: <s>1\sdía, 2\sh</s> → <b>2\sdías, 1\sh, 45\smin</b>", page)


def test_a_reminder_of_its_own_stays_among_those_to_choose(owner_client, oil):
    change(owner_client, oil, other_reminder="45", other_reminder_unit="minutes")
    kept = read_row(oil)

    answer = change(owner_client, oil)

    assert (answer.status_code, kept[2], read_row(oil)) == (302, [1440, 120, 45], kept)


def test_no_reminder_and_an_empty_order_can_be_said(owner_client, oil):
    before = read_row(oil)

    answer = change(owner_client, oil, reminders=[], position="")

    assert (answer.status_code, read_row(oil)) == (302, (*before[:2], [], before[3]))


def test_reminders_that_are_stored_in_another_order_are_no_change(owner_client, oil):
    Service.objects.filter(pk=oil.pk).update(reminder_offsets_minutes=[120, 1440])
    version = Service.objects.get(pk=oil.pk).version

    change(owner_client, oil)

    assert (Service.objects.get(pk=oil.pk).version, read_row(oil)[2]) == (version, [120, 1440])


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        ({"hold_minutes": "0"}, "f-hold_minutes"),
        ({"hold_minutes": "1441"}, "f-hold_minutes"),
        ({"hold_minutes": "-5"}, "f-hold_minutes"),
        ({"hold_minutes": "1e9"}, "f-hold_minutes"),
        ({"hold_minutes": "NaN"}, "f-hold_minutes"),
        ({"strategy": "by_beauty"}, "f-strategy"),
        ({"strategy": ""}, "f-strategy"),
        ({"position": "-1"}, "f-position"),
        ({"position": "1000001"}, "f-position"),
        ({"other_reminder": "0"}, "f-other_reminder"),
        ({"other_reminder": "-1"}, "f-other_reminder"),
        ({"other_reminder": "9999999"}, "f-other_reminder"),
        ({"other_reminder": "١٢"}, "f-other_reminder"),
        ({"reminders": ["mañana"]}, "f-reminders_0"),
        ({"reminders": ["999999999999"]}, "f-reminders_0"),
        ({"reminders": [str(number) for number in range(1, 12)]}, "f-reminders_0"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(owner_client, oil, typed, target):
    before = read_row(oil)

    answer = change(owner_client, oil, description="Lo que escribí", **typed)

    page = answer.content.decode()
    assert (answer.status_code, f'href="#{target}"' in page, "Lo que escribí" in page) == (422, True, True)
    assert read_row(oil) == before


def test_what_another_editor_chose_is_kept_or_told(owner_client, staff_client, oil):
    mine = read_form(owner_client, f"{LIST}{oil.pk}/")
    change(staff_client("manager"), oil, strategy="fixed_order", hold_minutes="20", reminders=["60"])

    clash = owner_client.post(
        f"{LIST}{oil.pk}/",
        {**mine, "strategy": "pack_tightly", "other_reminder": "50", "other_reminder_unit": "minutes"},
    )

    page = clash.content.decode()
    shown = read_page(page)
    assert (clash.status_code, shown["strategy"], shown["hold_minutes"]) == (409, "pack_tightly", "20")
    assert (shown["reminders"], re.search(r"Mientras tanto quedó en: 1\sh", page) is not None) == (
        ["1440", "120", "50"],
        True,
    )
    saved = owner_client.post(f"{LIST}{oil.pk}/", shown)
    assert (saved.status_code, read_row(oil)[:3]) == (302, ("pack_tightly", 20, [1440, 120, 50]))


def test_a_new_service_begins_as_most_are(owner_client, oil):
    typed = read_form(owner_client, f"{LIST}new/")

    asked = [typed[name] for name in ("strategy", "hold_minutes", "reminders", "position")]
    assert asked == ["least_busy", "10", ["1440", "120"], ""]


def test_the_ways_to_choose_are_explained_and_lead_to_the_turns(owner_client, oil):
    page = owner_client.get(f"{LIST}{oil.pk}/").content.decode()

    assert page.count("<dt>") == 4
    assert f'href="/workspace/resources/turns/?service={oil.pk}"' in page


def test_who_is_archived_stays_named_until_somebody_takes_them_out(owner_client, oil):
    first = oil.requirements.order_by("position").first()
    eva, leo = Resource.objects.filter(resource_type__is_person=True, is_active=True).order_by("pk")[:2]
    RequirementResource.objects.filter(requirement=first).delete()
    RequirementResource.objects.bulk_create(
        RequirementResource(requirement=first, resource=each, position=place) for place, each in enumerate((eva, leo))
    )
    Resource.objects.filter(pk=leo.pk).update(is_active=False)

    page = owner_client.get(f"{LIST}{oil.pk}/").content.decode()
    answer = change(owner_client, oil, description="Otra")

    named = RequirementResource.objects.filter(requirement__service=oil).order_by("position")
    assert (answer.status_code, f"{leo.name} (en el archivo)" in page) == (302, True)
    assert list(named.values_list("resource_id", flat=True)) == [eva.pk, leo.pk]
    change(owner_client, oil, **{"requirements-0-resource_ids": [str(eva.pk)]})
    assert list(named.values_list("resource_id", flat=True)) == [eva.pk]
