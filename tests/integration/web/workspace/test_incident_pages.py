"""The pages of incidents: written down, followed to their end, with drafts of letters."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kernel.clock import utc_now
from kernel.formats import to_local
from privacy.models import Incident, IncidentLogLine
from tests.factories.privacy import make_incident
from tests.integration.web.booking.test_manage import text_of

LIST, NEW = "/workspace/privacy/incidents/", "/workspace/privacy/incidents/new/"


def make_typed(tenant, **changes: str | list[str]) -> dict[str, object]:
    local = to_local(utc_now() - timedelta(hours=1), tenant.timezone)
    moments = {f"{each}_on": f"{local:%Y-%m-%d}" for each in ("began", "ended", "known")}
    times = {f"{each}_time": f"{local:%H:%M}" for each in ("began", "ended", "known")}
    words = {"title": "<script>alert(1)</script>", "story": "Se mandó una lista a otro <b>correo</b>"}
    return {**moments, **times, **words, "tables": ["scheduling.Contact"], **changes}


def test_incident_is_written_down(owner_client, tenant):
    assert "No hay nada anotado" in text_of(owner_client.get(f"{LIST}?lang=es"))
    assert "Contactos" in text_of(owner_client.get(f"{NEW}?lang=es"))

    done = owner_client.post(NEW, make_typed(tenant))

    row = Incident.objects.get()
    assert done.headers["Location"] == f"{LIST}{row.pk}/"
    page = owner_client.get(done.headers["Location"]).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "&amp;lt;" not in page
    assert "Secretaría Anticorrupción y Buen Gobierno" in page
    listed = text_of(owner_client.get(LIST))
    assert "Por valorar" in listed


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"known_on": "2099-01-01"}, "futuro"),
        ({"ended_on": "2020-01-01"}, "Terminó antes de empezar"),
        ({"began_time": "99:99"}, "hora"),
        ({"tables": ["accounts.User"]}, "lig"),
        ({"title": ""}, ""),
    ],
)
def test_what_was_typed_stays(owner_client, tenant, changes, said):
    answer = owner_client.post(f"{NEW}?lang=es", make_typed(tenant, **changes))

    assert (answer.status_code, Incident.objects.count()) == (422, 0)
    assert said in text_of(answer)
    assert "Se mandó una lista a otro &lt;b&gt;correo" in answer.content.decode()


def test_incident_goes_its_way(owner_client, tenant):
    page = f"{LIST}{make_incident()}/"
    early = owner_client.post(f"{page}close/?lang=es", {"note": "Ya"})
    assert (early.status_code, "Primero valóralo" in text_of(early)) == (409, True)
    empty = owner_client.post(f"{page}assess/", {"risk": "yes", "note": ""})
    assert empty.status_code == 422

    for act, typed in {
        "assess": {"risk": "yes", "note": "Hay nombres"},
        "persons": {"note": "Por correo"},
        "authority": {"note": "Por su portal"},
    }.items():
        assert owner_client.post(f"{page}{act}/", typed).status_code == 302
    twice = owner_client.post(f"{page}persons/", {"note": "Otra vez"})
    assert (twice.status_code, "Otra vez" in twice.content.decode()) == (409, True)
    blank = owner_client.post(f"{page}close/", {"note": "\x00"})
    assert blank.status_code == 422
    owner_client.post(f"{page}close/", {"note": "Listo"})

    shown = text_of(owner_client.get(page))
    assert "Valorarlo" not in shown
    assert [each.step for each in IncidentLogLine.objects.order_by("pk")] == [
        "recorded", "assessed", "persons", "authority", "closed",
    ]  # fmt: skip
    assert owner_client.post(f"{page}nothing/", {}).status_code == 404
    assert owner_client.post(f"{LIST}7/assess/", {}).status_code == 404


def test_letters_are_drafted_in_both_languages(owner_client, tenant):
    page = text_of(owner_client.get(f"{LIST}{make_incident()}/?lang=en"))

    for words in ("le informa de un incidente", "tells you of an incident", "puede afectar a sus datos", "your data"):
        assert words in page
    assert "Celular" in page
    assert "Phone" in page


def test_doubts_and_lateness_are_said(owner_client, tenant):
    late = make_incident(now=utc_now() - timedelta(days=9))
    Incident.objects.update(law_country="BR")

    page = text_of(owner_client.get(f"{LIST}{late}/?lang=en"))
    listed = text_of(owner_client.get(LIST))

    assert "We are not sure of this. Ask a lawyer." in page
    assert "This time is over." in page
    assert "Overdue" in listed
    Incident.objects.update(law_country="AR")
    assert "We know of no duty" in text_of(owner_client.get(f"{LIST}{late}/"))
