"""A booking of a series in the workspace: its other dates, and canceling it with those after it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.clock import utc_now
from kernel.formats import get_formats, to_local
from scheduling.models import Allocation, Booking, Series, Service
from scheduling.services.bookings.submissions import book_slot
from scheduling.services.messages.manage_tokens import make_manage_token
from scheduling.types import CUSTOMER, CustomerDetails, SeriesPart, SlotRequest, VisitDetails
from tests.factories.scheduling import make_wish
from tests.integration.web.booking.test_manage import text_of
from tests.integration.web.workspace.conftest import next_open_day

HTMX = {"HTTP_HX_REQUEST": "true"}


def make_series(count: int = 3, *, slot: int = 2) -> list[int]:
    """Book the same time on ``count`` days, a week apart, as one series; return their ids."""
    service = Service.objects.filter(approval="instant", deposit_kind="none").order_by("position", "pk").first()
    service.most_repeats = 10
    service.save()
    _, slots = next_open_day(service.pk)
    series = Series.objects.create(
        rule=f"FREQ=WEEKLY;INTERVAL=1;COUNT={count}", on_conflict="fail", created_at=utc_now()
    )
    details = VisitDetails(
        customer=CustomerDetails("Ana Torres", phone="5512345678", email="ana@example.com", locale="es"),
        asset={"make": "Chevrolet", "model": "Spark"},
    )
    mode = service.arrival_modes[0] if service.arrival_modes else ""
    return [
        book_slot(
            request=SlotRequest(
                make_wish(service.pk, arrival_mode=mode), slots[slot].starts_at + timedelta(weeks=week)
            ),
            details=details,
            now=utc_now(),
            source="page",
            by=CUSTOMER,
            series=SeriesPart(series.pk, count),
        ).booking_id
        for week in range(count)
    ]


def name_days(ids: list[int]) -> str:
    """Return the dates as the business reads them."""
    rows = Booking.objects.filter(pk__in=ids).order_by("pk").select_related("location")
    formats = get_formats("es", "MX")
    days = (formats.format_day_short(to_local(row.starts_at, row.location.timezone).date()) for row in rows)
    return " y ".join(days)


def statuses(ids: list[int]) -> list[str]:
    return list(Booking.objects.filter(pk__in=ids).order_by("pk").values_list("status", flat=True))


def test_the_panel_lists_the_series_and_links_to_its_other_dates(owner_client):
    ids = make_series()

    page = owner_client.get(f"/workspace/bookings/{ids[1]}/?lang=en").content.decode()

    assert "2 of 3, every week until " in page
    links = [f'href="/workspace/bookings/{each}/"' in page for each in ids]
    assert links == [True, False, True]


def test_a_booking_of_no_series_says_nothing_of_one(owner_client):
    ids = make_series(1)

    page = owner_client.get(f"/workspace/bookings/{ids[0]}/?lang=en").content.decode()

    assert ('id="series-title"' in page, "cancel-following" in page) == (False, False)


def test_this_and_the_following_are_canceled_and_undone(owner_client):
    ids = make_series()

    done = owner_client.post(f"/workspace/bookings/{ids[1]}/cancel-following/", {"cause": "told"}, **HTMX)

    assert (done.status_code, statuses(ids)) == (200, ["confirmed", "cancelled", "cancelled"])
    toast = next(each for name, each in json.loads(done.headers["HX-Trigger"]).items() if "undo" in str(each))
    assert toast["undo"] == {
        "url": f"/workspace/bookings/{ids[1]}/undo-following/",
        "fields": {"from": "board"},
        "page_url": "",
    }
    assert (toast["title"], toast["text"]) == ("Citas canceladas", f"Ana Torres · 2 citas: {name_days(ids[1:])}")
    assert f'action="/workspace/bookings/{ids[1]}/undo-following/"' in done.content.decode()

    undone = owner_client.post(toast["undo"]["url"], toast["undo"]["fields"], **HTMX)

    assert (undone.status_code, statuses(ids)) == (204, ["confirmed"] * 3)
    said = next(each for each in json.loads(undone.headers["HX-Trigger"]).values() if "title" in str(each))
    assert said["text"] == toast["text"]


def test_where_nothing_follows_one_is_canceled_and_said(owner_client):
    ids = make_series()

    done = owner_client.post(f"/workspace/bookings/{ids[2]}/cancel-following/", {"cause": "told"}, **HTMX)

    toast = next(each for name, each in json.loads(done.headers["HX-Trigger"]).items() if "undo" in str(each))
    assert (toast["title"], "Ana Torres · " in toast["text"], "citas" in toast["text"]) == (
        "Cita cancelada",
        True,
        False,
    )


def test_of_very_many_dates_it_is_said_how_many_more(owner_client):
    ids = make_series(8)

    done = owner_client.post(f"/workspace/bookings/{ids[0]}/cancel-following/", {"cause": "told"}, **HTMX)

    toast = next(each for name, each in json.loads(done.headers["HX-Trigger"]).items() if "undo" in str(each))
    assert ("8 citas: " in toast["text"], toast["text"].endswith(" y 2 más")) == (True, True)


def test_a_reason_is_asked_for_and_nothing_canceled_without(owner_client):
    ids = make_series()

    refused = owner_client.post(f"/workspace/bookings/{ids[1]}/cancel-following/", {}, **HTMX)

    assert (refused.status_code, statuses(ids)) == (422, ["confirmed"] * 3)
    assert 'id="do-cancel-following" open' in refused.content.decode()


def test_the_last_date_is_canceled_by_itself(owner_client):
    ids = make_series()

    page = owner_client.get(f"/workspace/bookings/{ids[2]}/").content.decode()

    assert ('id="do-cancel"' in page, 'id="do-cancel-following"' in page) == (True, False)


def test_what_is_taken_by_now_is_named_and_nothing_undone(owner_client):
    ids = make_series()
    owner_client.post(f"/workspace/bookings/{ids[1]}/cancel-following/", {"cause": "told"})
    taken = Booking.objects.get(pk=ids[2])
    Allocation.objects.filter(booking_id=ids[0]).update(starts_at=taken.starts_at, ends_at=taken.ends_at)

    refused = owner_client.post(f"/workspace/bookings/{ids[1]}/undo-following/?lang=en")

    assert (refused.status_code, statuses(ids)) == (409, ["confirmed", "cancelled", "cancelled"])
    assert "Not undone, because" in text_of(refused)


def test_undoing_what_never_happened_is_refused(owner_client):
    ids = make_series()

    refused = owner_client.post(f"/workspace/bookings/{ids[1]}/undo-following/")

    assert (refused.status_code, statuses(ids)) == (409, ["confirmed"] * 3)


@pytest.mark.parametrize("path", ["cancel-following", "undo-following"])
def test_who_only_looks_cancels_and_undoes_nothing(staff_client, path):
    ids = make_series()

    refused = staff_client("read_only").post(f"/workspace/bookings/{ids[1]}/{path}/", {"cause": "told"})

    assert (refused.status_code, statuses(ids)) == (403, ["confirmed"] * 3)


def test_a_long_series_asks_the_database_as_often_as_a_short_one(owner_client, customer_client):
    short, long = make_series(2, slot=1), make_series(6)
    owner_client.get("/workspace/")

    for client, name in ((owner_client, name_page), (customer_client, name_link)):
        asked = []
        for ids in (short, long):
            with CaptureQueriesContext(connection) as queries:
                client.get(name(ids[0]))
            asked.append(len(queries))
        assert asked[0] == asked[1]


def name_page(booking_id: int) -> str:
    return f"/workspace/bookings/{booking_id}/"


def name_link(booking_id: int) -> str:
    return f"/b/{make_manage_token(Booking.objects.get(pk=booking_id))}/"


def test_the_customer_sees_the_other_dates_and_cancels_what_follows(customer_client):
    ids = make_series()
    links = [name_link(each) for each in ids]

    page = customer_client.get(links[1] + "?lang=en")
    assert "This appointment is one of a series: 2 of 3, every week until " in text_of(page)
    assert [f'href="{each}"' in page.content.decode() for each in links] == [True, False, True]
    asked = customer_client.get(links[1] + "cancel/?lang=en")
    assert "This one and the one after it" in text_of(asked)
    done = customer_client.post(links[1] + "cancel/", {"scope": "following"})

    assert (done.status_code, done.url) == (302, links[1] + "?done=cancelled")
    assert statuses(ids) == ["confirmed", "cancelled", "cancelled"]
    said = text_of(customer_client.get(f"{done.url}&lang=es"))
    assert f"Se cancelaron 2 citas: {name_days(ids[1:])}." in said
    customer_client.post(links[0] + "cancel/", {"scope": "one"})
    assert "Se cancelaron" not in text_of(customer_client.get(links[0] + "?done=cancelled&lang=es"))
