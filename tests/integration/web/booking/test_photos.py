"""The page on which customers send photos of what their visit is about."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from scheduling.models import Booking, Service, VisitPhoto
from tests.factories.pictures import make_scene, save
from tests.integration.web.booking.test_booking import PERSON, VISIT, list_times, text_of


@pytest.fixture
def page(customer_client, tenant) -> str:
    """The address of the page of photos in a workshop."""
    service = Service.objects.filter(approval="instant", deposit_kind="none").order_by("position", "pk").first()
    visit = customer_client.get(f"/?service={service.pk}").url
    return customer_client.post(visit, {**VISIT, "go": "photos"}).url


def picture(name: str = "freno.png", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or save(make_scene(64, 64), "PNG"), content_type="image/png")


def test_photos_are_the_booking_s(customer_client, page):
    sent = customer_client.post(page, {"photos": [picture(), picture()]})
    visit = customer_client.get(sent.url).context["back_url"]
    time = customer_client.post(visit, VISIT).url
    held = customer_client.post(time, {"starts_at": list_times(customer_client.get(time))[0]})
    made = customer_client.post(held.url, PERSON)

    assert made.status_code == 302, text_of(made)
    assert set(VisitPhoto.objects.values_list("booking_id", "position")) == {
        (Booking.objects.get().pk, position) for position in (0, 1)
    }


def test_photos_that_the_page_has_forgotten_are_the_booking_s_as_well(customer_client, page):
    customer_client.post(page, {"photos": [picture()]})

    older = page.replace("/visit/photos/", "/visit/")  # the back button
    time = customer_client.post(older, VISIT).url
    held = customer_client.post(time, {"starts_at": list_times(customer_client.get(time))[0]})
    customer_client.post(held.url, PERSON)

    assert list(VisitPhoto.objects.values_list("booking_id", flat=True)) == [Booking.objects.get().pk]


def test_of_six_photos_at_once_five_are_kept_and_the_page_says_so(customer_client, page):
    answer = customer_client.post(page + "&lang=en", {"photos": [picture() for _ in range(6)]})

    assert (answer.status_code, VisitPhoto.objects.count()) == (409, 5)
    assert "You can send at most 5 photos." in text_of(answer)


def test_far_too_many_files_are_refused_in_words(customer_client, page):
    answer = customer_client.post(page + "&lang=en", {"photos": [picture() for _ in range(31)]})

    assert (answer.status_code, VisitPhoto.objects.count()) == (400, 0)
    assert "too many files at once" in text_of(answer)


def test_what_is_no_picture_is_named_and_what_was_good_stays(customer_client, page):
    bad = picture("virus.png", b"<script>alert(1)</script>")

    answer = customer_client.post(page, {"photos": [picture(), bad]})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert VisitPhoto.objects.count() == 1


def test_a_sixth_photo_is_refused_in_words(customer_client, page):
    sent = customer_client.post(page, {"photos": [picture() for _ in range(5)]})

    full = customer_client.post(sent.url + "&lang=en", {"photos": [picture()]})

    assert full.status_code == 409
    assert "You can send at most 5 photos." in text_of(full)
    assert 'type="file"' not in customer_client.get(sent.url).content.decode()


def test_a_photo_can_be_taken_back(customer_client, page):
    sent = customer_client.post(page, {"photos": [picture()]})

    customer_client.post(sent.url, {"remove": VisitPhoto.objects.get().pk})

    assert VisitPhoto.objects.count() == 0


def test_nothing_sent_is_said(customer_client, page):
    assert customer_client.post(page, {}).status_code == 422
