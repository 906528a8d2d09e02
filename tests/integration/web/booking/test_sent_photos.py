"""Photos that customers sent, as they see them themselves: by the run, by the booking's link, by the link to visits."""

from __future__ import annotations

import re

import pytest

from files.enums import FileState
from files.models import StoredFile
from files.services.rendering import render_file
from kernel.clock import utc_now
from scheduling.models import Booking, VisitPhoto
from tests.integration.web.booking.test_booking import PERSON, VISIT, list_times, text_of
from tests.integration.web.booking.test_own_visits import ask
from tests.integration.web.booking.test_photos import page, picture

__all__ = ["page"]

DAMAGED = "La imagen está dañada o no llegó completa. Ábrela, guárdala de nuevo y manda esa copia."


def render_all() -> None:
    for row in StoredFile.objects.all():
        render_file(row.pk, utc_now())


def find_sources(response) -> list[str]:
    return re.findall(r'<img src="([^"]+)"', response.content.decode().replace("&amp;", "&"))


def book_from(client, photo_page: str, **person: str) -> str:
    """Book what the photos were sent for; returns the address of the booking."""
    time = client.post(client.get(photo_page).context["back_url"], VISIT).url
    held = client.post(time, {"starts_at": list_times(client.get(time))[0]})
    return re.sub(r"\?.*", "", client.post(held.url, {**PERSON, **person}).url)


def read_bytes(client, path: str) -> tuple[int, str, str]:
    found = client.get(path)
    return found.status_code, found.headers["Content-Type"], found.headers["Cache-Control"]


PICTURE = (200, "image/webp", "private, no-cache")


def test_what_was_sent_is_shown_small_while_one_books(customer_client, page):
    sent = customer_client.post(page, {"photos": [picture(), picture()]}).url
    assert find_sources(customer_client.get(sent)) == []  # they are being prepared
    render_all()

    shown = customer_client.get(sent)
    sources = find_sources(shown)
    at_visit = find_sources(customer_client.get(shown.context["back_url"]))

    assert [read_bytes(customer_client, each) for each in sources] == [PICTURE] * 2
    assert [each.partition("?")[0] for each in at_visit] == [each.partition("?")[0] for each in sources]
    assert customer_client.get(sources[0].partition("?")[0]).status_code == 404  # nobody has the run's name
    StoredFile.objects.update(state=FileState.REMOVED)
    assert customer_client.get(sources[0]).status_code == 404


def test_photo_that_came_in_half_says_what_to_do(customer_client, page):
    sent = customer_client.post(page, {"photos": [picture(), picture()]}).url
    rows = StoredFile.objects.order_by("pk")
    broken, waiting = rows.first(), rows.last()
    StoredFile.objects.filter(pk=broken.pk).update(incoming=bytes(broken.incoming)[:-60])
    render_file(broken.pk, utc_now())

    shown = customer_client.get(f"{sent}&lang=es")

    photos = [(each.picture, each.problem) for each in shown.context["photos"]]
    assert photos == [(None, DAMAGED), (None, "")]
    assert shown.content.decode().count(f"<span>{DAMAGED}</span>") == 1
    render_file(waiting.pk, utc_now())
    assert len(find_sources(customer_client.get(sent))) == 1


def test_another_run_sees_none_of_them(customer_client, page):
    mine = customer_client.post(page, {"photos": [picture()]}).url
    render_all()
    (source,) = find_sources(customer_client.get(mine))
    other = page.partition("?")[2]

    answer = customer_client.get(f"{source.partition('?')[0]}?{other}")

    assert read_bytes(customer_client, source) == PICTURE
    assert answer.status_code == 200  # the same run, as the page before had it
    VisitPhoto.objects.update(run_hash="another")
    assert customer_client.get(source).status_code == 404


def test_photos_stay_with_the_booking_s_link(customer_client, page):
    sent = customer_client.post(page, {"photos": [picture()]}).url
    render_all()
    of_run = find_sources(customer_client.get(sent))
    manage = book_from(customer_client, sent)

    (source,) = find_sources(customer_client.get(manage))

    assert source.startswith(f"{manage}photos/")
    assert read_bytes(customer_client, source) == PICTURE
    assert [customer_client.get(each).status_code for each in of_run] == [404]
    assert customer_client.get(source.replace(manage, "/b/no-token/")).status_code == 404
    photo = VisitPhoto.objects.get()
    photo.booking = None
    photo.save()
    assert customer_client.get(source).status_code == 404  # another's


def test_own_photos_are_downloaded_by_the_link_to_ones_visits(customer_client, tenant, page):
    sent = customer_client.post(page, {"photos": [picture()]}).url
    render_all()
    book_from(customer_client, sent, email="ana@example.com")
    token = ask(customer_client, tenant, "ana@example.com")

    body = customer_client.get(f"/visits/{token}/").content.decode()
    path, name = re.search(r'href="(/visits/\w+/photos/[^"]+)" download="([^"]+)"', body).groups()

    assert name == f"{Booking.objects.get().reference}-1.webp"
    assert read_bytes(customer_client, path) == PICTURE
    Booking.objects.update(customer_email="bea@example.com")
    assert customer_client.get(path).status_code == 404


def test_a_photo_that_cannot_be_shown_is_named_and_leads_nowhere(customer_client, tenant, page):
    sent = customer_client.post(page, {"photos": [picture(), picture()]}).url
    broken = StoredFile.objects.order_by("pk").first()
    StoredFile.objects.filter(pk=broken.pk).update(incoming=bytes(broken.incoming)[:-60])
    render_file(broken.pk, utc_now())
    manage = book_from(customer_client, sent, email="ana@example.com")

    shown = text_of(customer_client.get(f"{manage}?lang=es"))
    visits = customer_client.get(f"/visits/{ask(customer_client, tenant, 'ana@example.com')}/?lang=es")

    assert f"Foto 1: {DAMAGED}" in " ".join(shown.split())
    assert "Foto 2: se está preparando" in " ".join(shown.split())
    reference = Booking.objects.get().reference
    said = " ".join(text_of(visits).split())
    assert f"{reference}-1.webp: {DAMAGED} {reference}-2.webp: se está preparando" in said
    assert "/photos/" not in visits.content.decode()


@pytest.mark.parametrize("path", ["/visits/no-token/photos/1/192.webp", "/b/no-token/photos/1/192.webp"])
def test_a_wrong_link_shows_no_photo(customer_client, tenant, path):
    answer = customer_client.get(path)

    assert (answer.status_code, answer.headers["Content-Type"].startswith("image")) == (404, False)
