"""The price list: all services on one page, one save, nothing lost."""

from __future__ import annotations

import html
import re

import pytest

from scheduling.models import Service
from tests.conftest import HostClient
from tests.integration.web.workspace.browser_form import Typed, read_form, read_page

ADDRESS = "/workspace/services/prices/"


@pytest.fixture
def pair(tenant) -> list[Service]:
    """Two services, the only ones in use."""
    rows = list(Service.objects.order_by("position")[:2])
    Service.objects.exclude(pk__in=[row.pk for row in rows]).update(is_active=False)
    for row, price in zip(rows, (85_000, 240_000), strict=True):
        row.price_minor, row.price_kind, row.is_sample, row.duration_minutes = price, "fixed", False, 60
        row.save()
    return rows


def send(client: HostClient, typed: Typed, changes: dict[tuple[Service, str], str], **more: str):
    body = typed | {f"service-{row.pk}-{name}": value for (row, name), value in changes.items()} | more
    return client.post(ADDRESS, body)


def read_prices(rows: list[Service]) -> list[tuple[int | None, bool, int]]:
    for row in rows:
        row.refresh_from_db()
    return [(row.price_minor, row.price_kind == "from", row.duration_minutes) for row in rows]


@pytest.mark.parametrize("count", [1, 50])
def test_the_sheet_asks_as_often_for_fifty_as_for_one(owner_client, pair, django_assert_num_queries, count):
    first = pair[0]
    Service.objects.exclude(pk=first.pk).update(is_active=False)
    for number in range(count - 1):
        Service.objects.create(name=f"S{number}", duration_minutes=30)
    owner_client.get(ADDRESS)

    with django_assert_num_queries(8):  # schema, session, person; services, their three tables, bookings
        page = owner_client.get(ADDRESS).content.decode()

    assert page.count("<tr data-line>") == count


def test_what_was_changed_is_saved_at_once(owner_client, pair):
    one, other = pair
    typed = read_form(owner_client, ADDRESS)

    answer = send(
        owner_client, typed,
        {(one, "price_kind"): "from", (one, "price"): "900.50", (other, "price_kind"): "on_request",
         (other, "duration_minutes"): "75"},
    )  # fmt: skip

    assert (answer.status_code, answer["Location"]) == (302, ADDRESS)
    assert read_prices(pair) == [(90_050, True, 60), (None, False, 75)]
    assert "Precios guardados: 2 servicios" in html.unescape(owner_client.get(ADDRESS).content.decode())


def test_what_nobody_changed_is_left_alone(owner_client, pair):
    answer = send(owner_client, read_form(owner_client, ADDRESS), {})

    assert (answer.status_code, [row.version for row in Service.objects.filter(pk__in=[each.pk for each in pair])]) == (
        302, [1, 1],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", "12.34567"),
        ("price", ""),
        ("price", "mucho"),
        ("price", "9" * 10_000),
        ("price", "<b>5</b>"),
        ("price_kind", "never"),
        ("duration_minutes", "0"),
        ("duration_minutes", "100000"),
        ("duration_minutes", ""),
        ("duration_minutes", "30.5"),
    ],
)
def test_one_wrong_price_loses_nothing(owner_client, pair, field, value):
    one, other = pair
    before = read_prices(pair)

    answer = send(owner_client, read_form(owner_client, ADDRESS), {(one, "price"): "901", (other, field): value})

    page = answer.content.decode()
    assert (answer.status_code, read_prices(pair)) == (422, before)
    assert 'value="901"' in page
    target = f"f-service-{other.pk}-{field}"
    assert (f'href="#{target}"' in page, f'id="{target}_error"' in page) == (True, True)
    assert f'value="{html.escape(value)}"' in page or field == "price_kind" or not value
    assert page.count('<tr class="changed"') == 2
    assert "Antes: $850." in page


def test_a_price_that_somebody_else_changed_is_told_and_can_be_saved_again(owner_client, pair):
    one, other = pair
    typed = read_form(owner_client, ADDRESS)
    send(owner_client, typed, {(one, "price"): "870"})

    second = send(owner_client, typed, {(one, "price"): "990", (other, "price"): "2500"})

    page = second.content.decode()
    assert (second.status_code, [row[0] for row in read_prices(pair)]) == (422, [87_000, 240_000])
    assert ("Alguien más lo cambió" in page, "Antes: $870." in page, 'value="990"' in page) == (True, True, True)
    assert owner_client.post(ADDRESS, read_page(page)).status_code == 302
    assert [row[0] for row in read_prices(pair)] == [99_000, 250_000]


def test_a_line_that_was_left_alone_keeps_what_somebody_else_saved(owner_client, pair):
    one, other = pair
    typed = read_form(owner_client, ADDRESS)
    send(owner_client, typed, {(one, "price"): "870"})

    answer = send(owner_client, typed, {(other, "price"): "2500"})

    assert (answer.status_code, [row[0] for row in read_prices(pair)]) == (302, [87_000, 250_000])


def test_what_was_archived_meanwhile_is_told(owner_client, pair):
    one, other = pair
    typed = read_form(owner_client, ADDRESS)
    Service.objects.filter(pk=one.pk).update(is_active=False)

    answer = send(owner_client, typed, {(one, "price"): "870", (other, "price"): "2500"})

    page = answer.content.decode()
    assert (answer.status_code, [row[0] for row in read_prices(pair)]) == (422, [85_000, 240_000])
    assert ("se archivó mientras tanto" in page, 'value="870"' in page, 'value="2,500"' in page) == (True, True, False)


def test_all_prices_rise_before_they_are_saved(owner_client, pair):
    one, other = pair
    Service.objects.filter(pk=other.pk).update(price_minor=None, price_kind="on_request")
    typed = read_form(owner_client, ADDRESS)

    answer = send(owner_client, typed, {(one, "price"): "900"}, do="raise", percent="6")

    page = answer.content.decode()
    assert (answer.status_code, 'value="954"' in page, read_prices(pair)[0][0]) == (200, True, 85_000)
    saved = read_page(page)
    saved.pop("percent", None)
    assert owner_client.post(ADDRESS, saved).status_code == 302
    assert [row[0] for row in read_prices(pair)] == [95_400, None]


@pytest.mark.parametrize("percent", ["", "x", "-91", "901", "5.5"])
def test_a_wrong_percentage_changes_nothing(owner_client, pair, percent):
    typed = read_form(owner_client, ADDRESS)

    answer = send(owner_client, typed, {(pair[0], "price"): "900"}, do="raise", percent=percent)

    page = answer.content.decode()
    assert (answer.status_code, 'id="f-percent_error"' in page, 'value="900"' in page) == (422, True, True)


def test_five_hundred_services_are_saved_together(owner_client, pair):
    Service.objects.exclude(pk=pair[0].pk).update(is_active=False)
    Service.objects.bulk_create(
        Service(name=f"S{number}", duration_minutes=30, price_minor=1000, price_kind="fixed") for number in range(499)
    )
    page = owner_client.get(ADDRESS).content.decode()
    rows = re.findall(r'name="(service-\d+)-version" value="([^"]+)"', page)
    body = {f"{key}-version": version for key, version in rows}
    body |= {f"{key}-price_kind": "fixed" for key, _ in rows} | {f"{key}-price": "11" for key, _ in rows}
    body |= {f"{key}-duration_minutes": "30" for key, _ in rows}

    answer = owner_client.post(ADDRESS, body)

    assert (len(rows), answer.status_code) == (500, 302)
    assert Service.objects.filter(is_active=True, price_minor=1100, version=2).count() == 500


def test_names_are_no_markup(owner_client, pair):
    Service.objects.filter(pk=pair[0].pk).update(name='"><script>x</script>', category="<i>c</i>")

    page = owner_client.get(ADDRESS).content.decode()

    assert ("<script>x" in page, "<i>c" in page) == (False, False)
