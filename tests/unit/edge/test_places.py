"""An address that only takes forms leads to the page of its form."""

from __future__ import annotations

import pytest
from django.http import HttpResponse, HttpResponseNotAllowed
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from edge.access import open_to_anyone
from edge.places import lead_to_page


@require_safe
def show(request, **_):
    return HttpResponse("page")


@open_to_anyone
@require_POST
def act(request, **_):
    return HttpResponse("done")


urlpatterns = [
    path("", show),
    path("form/", act),
    path("things/", show),
    path("things/<int:thing_id>/left/out/", act),
    path("things/<int:thing_id>/left/", act),
]


@pytest.fixture(autouse=True)
def addresses(settings):
    settings.ROOT_URLCONF = __name__


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize(
    ("asked", "page"),
    [
        ("/things/3/left/", "/things/"),
        ("/things/3/left/?lang=es&at=2026-11-24T09:00:00%2B01:00", "/things/?lang=es&at=2026-11-24T09:00:00%2B01:00"),
        ("/things/3/left/out/?lang=en", "/things/3/left/?lang=en"),
    ],
)
def test_form_address_leads_to_the_nearest_address_above_with_its_query(rf, method, asked, page):
    answer = act(getattr(rf, method)(asked))

    assert (answer.status_code, answer.url) == (302, page)


def test_form_address_without_a_page_above_stays_one_for_forms(rf):
    answer = act(rf.get("/form/?lang=es"))

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("get", HttpResponse(status=422)),
        ("get", HttpResponseNotAllowed(["PUT"])),
        ("get", HttpResponseNotAllowed(["GET", "POST"])),
        ("post", HttpResponseNotAllowed(["POST"])),
    ],
)
def test_other_answers_stay_as_they_are(rf, method, answer):
    assert lead_to_page(getattr(rf, method)("/things/3/left/"), answer) is answer


def test_forms_are_taken(rf):
    assert act(rf.post("/things/3/left/")).content == b"done"
