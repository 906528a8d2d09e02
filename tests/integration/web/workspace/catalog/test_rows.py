"""What is done in a row of the list of services: its price, the online switch, and what the row warns of."""

from __future__ import annotations

import html
import json
import re

import pytest

from scheduling.models import AddOn, Booking, Requirement, Resource, ResourceType, Service
from tests.conftest import HostClient
from tests.integration.web.workspace.conftest import book
from verticals.registry import get_vertical

LIST = "/workspace/services/"
PART = {"HX-Request": "true"}


@pytest.fixture
def oil(tenant) -> Service:
    Service.objects.update(is_sample=False)
    service = Service.objects.order_by("position").first()
    service.price_minor, service.price_kind = 85_000, "fixed"
    service.save()
    return service


def send_price(client: HostClient, row: Service, *, headers: dict[str, str] | None = None, **typed: str):
    key = f"service-{row.pk}"
    body = {f"{key}-price_kind": "fixed", f"{key}-price": "900", f"{key}-version": str(row.version)}
    body |= {f"{key}-{name}": value for name, value in typed.items()}
    return client.post(f"{LIST}{row.pk}/price/", body, headers=headers or {})


def read_price(row: Service) -> tuple[int | None, bool]:
    row.refresh_from_db()
    return row.price_minor, row.price_kind == "from"


def read_toast(answer) -> dict:
    return json.loads(answer.headers["HX-Trigger"])["turnero:toast"]


def test_a_price_is_saved_in_its_row_and_taken_back(owner_client, oil):
    answer = send_price(owner_client, oil, headers=PART, price_kind="from", price="1,250.50")

    page, toast = answer.content.decode(), read_toast(answer)
    assert (answer.status_code, read_price(oil)) == (200, (125_050, True))
    assert page.count("<tr") == 1
    assert (answer.headers["HX-Retarget"], "autofocus" in page) == (f"tr:has(#service-{oil.pk})", True)
    assert toast["text"] == f"{oil.name}: desde $1,250.50"

    back = owner_client.post(toast["undo"]["url"], toast["undo"]["fields"], headers=PART)

    assert (back.status_code, read_price(oil), read_toast(back)["undo"]) == (200, (85_000, False), None)


def test_a_price_on_request_needs_no_amount(owner_client, oil):
    send_price(owner_client, oil, headers=PART, price_kind="on_request", price="")

    assert read_price(oil) == (None, False)


def test_a_price_that_is_left_as_it_was_says_nothing(owner_client, oil):
    answer = send_price(owner_client, oil, headers=PART, price="850")

    assert (answer.status_code, "HX-Trigger" in answer.headers) == (200, False)
    oil.refresh_from_db()
    assert oil.version == 1


@pytest.mark.parametrize("typed", ["12.34567", "gratis", "", "-5", "9" * 30, "<b>1</b>", "١٢", "1e5", "🙂"])
@pytest.mark.parametrize("headers", [PART, {}], ids=["part", "page"])
def test_a_wrong_price_stays_where_it_was_typed(owner_client, oil, typed, headers):
    answer = send_price(owner_client, oil, headers=headers, price=typed)

    page = answer.content.decode()
    assert (answer.status_code, read_price(oil)) == (422, (85_000, False))
    assert f'id="f-service-{oil.pk}-price_error"' in page
    assert f'value="{html.escape(typed)}"' in page or not typed
    assert "<b>1</b>" not in page


def test_a_price_works_without_a_script(owner_client, oil):
    page = owner_client.get(f"{LIST}{oil.pk}/price/").content.decode()
    answer = send_price(owner_client, oil)

    assert ("<h1>" in page, 'value="850"' in page) == (True, True)
    assert (answer.status_code, answer["Location"], read_price(oil)) == (302, LIST, (90_000, False))
    assert "Precio guardado" in owner_client.get(LIST).content.decode()


def test_a_price_that_somebody_else_changed_is_told(owner_client, oil):
    Service.objects.filter(pk=oil.pk).update(version=1)
    send_price(owner_client, oil, price="870")
    second = send_price(owner_client, oil, headers=PART, price="990")

    page = second.content.decode()
    assert (second.status_code, read_price(oil)) == (422, (87_000, False))
    assert ("Alguien más lo cambió" in page, 'value="990"' in page, "$870" in page) == (True, True, True)

    fresh = re.search(rf'name="service-{oil.pk}-version" value="(\d+)"', page)[1]
    assert send_price(owner_client, oil, headers=PART, price="990", version=fresh).status_code == 200
    assert read_price(oil) == (99_000, False)


def test_a_row_is_drawn_by_itself(owner_client, oil):
    part = owner_client.get(f"{LIST}{oil.pk}/row/", headers=PART)
    whole = owner_client.get(f"{LIST}{oil.pk}/row/")
    ghost = owner_client.get(f"{LIST}99999/row/", headers=PART)

    assert (part.content.decode().count("<tr"), part.status_code) == (1, 200)
    assert (whole.status_code, whole["Location"], ghost.status_code) == (302, LIST, 404)


def test_the_switch_saves_at_once_and_can_be_taken_back(owner_client, customer_client, oil):
    answer = owner_client.post(f"{LIST}{oil.pk}/offline/", headers=PART)

    page, toast = answer.content.decode(), read_toast(answer)
    oil.refresh_from_db()
    assert (answer.status_code, oil.is_online, 'aria-checked="false"' in page) == (200, False, True)
    offered = {each["id"] for each in customer_client.get("/api/v1/services").json()["results"]}
    assert str(oil.pk) not in offered
    assert customer_client.get(f"/api/v1/resources?service={oil.pk}").status_code == 404

    owner_client.post(toast["undo"]["url"], toast["undo"]["fields"], headers=PART)

    oil.refresh_from_db()
    assert oil.is_online is True
    offered = {each["id"] for each in customer_client.get("/api/v1/services").json()["results"]}
    assert str(oil.pk) in offered


def test_the_switch_works_without_a_script(owner_client, oil):
    answer = owner_client.post(f"{LIST}{oil.pk}/offline/")
    page = owner_client.get(LIST).content.decode()

    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert "Ahora solo el equipo puede agendarlo" in page
    assert f'action="{LIST}{oil.pk}/online/"' in page


def test_an_archived_service_is_switched_by_nobody(owner_client, oil):
    Service.objects.filter(pk=oil.pk).update(is_active=False)

    answer = owner_client.post(f"{LIST}{oil.pk}/offline/", headers=PART)

    oil.refresh_from_db()
    assert (read_toast(answer)["tone"], oil.is_online) == ("bad", True)


@pytest.mark.parametrize("role", ["receptionist", "read_only"])
def test_who_may_not_change_prices_sees_no_way_to(staff_client, oil, role):
    client = staff_client(role)

    page = client.get(LIST).content.decode()
    refused = send_price(client, oil, headers=PART)

    assert [text in page for text in ("/price/", "/offline/", "services/new/", 'role="switch"')] == [False] * 4
    assert (refused.status_code, read_price(oil)) == (403, (85_000, False))


def make_need(service: Service, **values) -> None:
    service.requirements.all().delete()
    Requirement.objects.create(service=service, **values)


def read_warnings(client: HostClient, service: Service) -> list[str]:
    page = client.get(LIST).content.decode()
    row = re.search(rf'<th scope="row" id="service-{service.pk}">.*?</th>', page, re.DOTALL)[0]
    badges = re.findall(r'<span class="badge warn">(.*?)</span>', row, re.DOTALL)
    return [html.unescape(re.sub("<.*?>", "", each)).strip() for each in badges]


@pytest.fixture
def team(tenant) -> list[Resource]:
    """Two people, one of whom knows motors; everybody else is archived."""
    kind = ResourceType.objects.filter(is_person=True).order_by("pk").first()
    one, other = Resource.objects.filter(resource_type=kind).order_by("pk")[:2]
    Resource.objects.filter(resource_type__is_person=True).exclude(pk__in=[one.pk, other.pk]).update(is_active=False)
    for row, name, skills in ((one, "Lucía", ["Motor"]), (other, "José", [])):
        row.name, row.skills = name, skills
        row.save()
    return [one, other]


@pytest.mark.parametrize(
    ("need", "expected"),
    [
        ({}, []),
        ({"quantity": 2}, []),
        ({"quantity": 3}, ["Necesita 3 en un mismo lugar y solo hay: Lucía, José"]),
        ({"skill": "Motor"}, ["Solo Lucía puede hacerlo"]),
        ({"skill": "Frenos"}, ["Nadie puede hacerlo. Sin «Frenos»: Lucía, José"]),
    ],
)
def test_a_row_warns_of_whoever_is_missing(owner_client, oil, team, need, expected):
    make_need(oil, resource_type=team[0].resource_type, **need)

    assert read_warnings(owner_client, oil) == expected


def test_a_row_warns_when_the_named_one_is_archived(owner_client, oil, team):
    make_need(oil)
    oil.requirements.get().resources.add(team[0], through_defaults={"position": 0})
    assert read_warnings(owner_client, oil) == ["Solo Lucía puede hacerlo"]

    Resource.objects.filter(pk=team[0].pk).update(is_active=False)

    assert read_warnings(owner_client, oil) == ["Nadie puede hacerlo. En el archivo: Lucía"]


def test_the_only_person_of_a_business_is_no_warning(owner_client, oil, team):
    Resource.objects.filter(pk=team[1].pk).update(is_active=False)
    make_need(oil, resource_type=team[0].resource_type)

    assert read_warnings(owner_client, oil) == []


def test_parts_of_the_same_person_share_one_bar(owner_client, oil, team):
    make_need(oil, resource_type=team[0].resource_type, duration_minutes=20)
    first = oil.requirements.get()
    Requirement.objects.create(
        service=oil, position=1, resource_type=team[0].resource_type, starts_after_minutes=30, duration_minutes=10,
        same_as=first,
    )  # fmt: skip
    Service.objects.filter(pk=oil.pk).update(duration_minutes=40)

    page = owner_client.get(f"{LIST}{oil.pk}/row/", headers=PART).content.decode()

    assert (page.count('class="track"'), page.count('class="people"')) == (1, 2)
    assert "30 de 40 min" in page


def test_all_bars_have_the_scale_of_the_longest_service(owner_client, oil):
    Service.objects.filter(duration_minutes__gt=240).update(duration_minutes=240)
    assert "4 horas de ancho" in owner_client.get(LIST).content.decode()

    Service.objects.filter(pk=oil.pk).update(duration_minutes=600)

    assert "24 horas de ancho" in owner_client.get(LIST).content.decode()


def test_what_customers_read_is_no_markup(owner_client, oil):
    Service.objects.filter(pk=oil.pk).update(name="<script>x</script>", description="\u202eabc", category="<b>")

    page = owner_client.get(LIST).content.decode()

    assert ("<script>x" in page, "&lt;script&gt;x" in page) == (False, True)


def test_an_empty_list_has_ways_to_begin(owner_client, tenant):
    AddOn.objects.all().delete()
    Service.objects.all().delete()

    page = owner_client.get(LIST).content.decode()
    answer = owner_client.post(f"{LIST}starter/")

    kit = get_vertical("automotive").starter_kit
    assert (f'action="{LIST}starter/"' in page, f'href="{LIST}new/"' in page) == (True, True)
    assert (answer.status_code, Service.objects.filter(is_sample=True).count()) == (302, len(kit.services))
    owner_client.post(f"{LIST}starter/")
    assert Service.objects.count() == len(kit.services)


def test_coming_bookings_are_counted(owner_client, oil):
    service_id = Booking.objects.get(reference=book().reference).service_id

    page = owner_client.get(f"{LIST}{service_id}/row/", headers=PART).content.decode()

    assert re.search(r"</span>1</td>", page)
