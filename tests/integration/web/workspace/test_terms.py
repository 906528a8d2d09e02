"""The owner accepts the platform's terms again when they change: asked, never stopped in the day's work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from kernel.clock import utc_now
from kernel.errors import NotFound
from tenants.models import Tenant, TermsAcceptance
from tenants.selectors.resolution import find_tenant, forget_tenants
from tenants.selectors.sign_ups import get_acceptance_of, list_acceptances_of
from tenants.services.agreements.accepting import accept_texts
from tests.integration.web.workspace.conftest import staff_client as staff_client  # noqa: PLC0414 - a fixture
from web.parts.legal import texts as legal
from web.parts.legal.texts import AGREEMENTS, get_text, list_versions
from web.workspace.terms import asking, gate
from web.workspace.terms.asking import find_ask

PAGE, SETTINGS = "/workspace/terms/", "/workspace/settings/business/"
OLD = {"terms": "2026-11-26", "privacy": "2026-11-27"}
IN_FORCE = {"terms": "2026-11-28", "processing": "2026-11-28"}
BEFORE = datetime(2026, 12, 27, 18, tzinfo=UTC)
AFTER = datetime(2026, 12, 28, 6, tzinfo=UTC)
"""Midnight of the day from which it holds, where the workshop is."""


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    forget_tenants()


@pytest.fixture
def agreed(tenant, monkeypatch):
    """Say to what the business agreed, and what time it is."""

    def put(versions, *, now=BEFORE):
        Tenant.objects.filter(pk=tenant.id).update(agreed=versions)
        forget_tenants()
        for module in (asking, gate):
            monkeypatch.setattr(module, "utc_now", lambda: now)
        monkeypatch.setattr("web.workspace.terms.views.utc_now", lambda: now)
        return find_tenant(tenant.schema_name)

    return put


def read(answer) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def shown(page: str) -> str:
    return re.search(r'name="shown" value="([^"]+)"', page)[1]


def test_owner_reads_what_changes_and_from_when_from_its_announcement_on(owner_client, agreed):
    agreed(OLD)

    page = read(owner_client.get("/workspace/", headers={"accept-language": "en"}))

    assert "Our terms change." in page
    assert "They hold from" in page
    assert "the data processing agreement becomes part of them" in page
    assert f'href="{PAGE}"' in page
    assert owner_client.get(SETTINGS).status_code == 200


@pytest.mark.parametrize("versions", [None, IN_FORCE])
def test_nobody_is_asked_of_a_sample_or_where_all_is_accepted(owner_client, agreed, versions):
    agreed(versions, now=AFTER)

    page = read(owner_client.get(PAGE, headers={"accept-language": "en"}))

    assert ("This is a sample" in page, "Everything that is in force is accepted." in page) == (
        versions is None, versions is not None,
    )  # fmt: skip
    assert ('name="accept"' in page, owner_client.get(SETTINGS).status_code) == (False, 200)


def test_settings_wait_from_its_day_on_and_nothing_else_does(owner_client, agreed):
    agreed(OLD, now=AFTER)

    asked = owner_client.get(f"{SETTINGS}?part=texts")
    open_pages = [
        "/workspace/",
        "/workspace/customers/",
        "/workspace/data/",
        "/workspace/closing/",
        "/workspace/privacy/",
    ]

    assert (asked.status_code, asked["Location"]) == (
        302,
        f"{PAGE}?next=%2Fworkspace%2Fsettings%2Fbusiness%2F%3Fpart%3Dtexts",
    )
    assert [owner_client.get(each).status_code for each in open_pages] == [200] * 5
    assert owner_client.get(SETTINGS, headers={"hx-request": "true"}).status_code == 200
    assert owner_client.post(SETTINGS, {}).status_code == 422
    assert "Mientras tanto los ajustes esperan." in read(owner_client.get("/workspace/"))


def test_customers_and_other_staff_notice_nothing(staff_client, client, agreed, tenant):
    agreed(OLD, now=AFTER)

    pages = [staff_client("manager").get(each) for each in ("/workspace/", SETTINGS)]

    assert [each.status_code for each in pages] == [200, 200]
    assert [each for each in pages if 'href="/workspace/terms/"' in each.content.decode()] == []


def test_owner_accepts_and_goes_on_to_where_they_wanted(owner_client, agreed, tenant):
    agreed(OLD, now=AFTER)
    page = owner_client.get(PAGE, {"next": SETTINGS}, headers={"accept-language": "en"}).content.decode()

    answer = owner_client.post(
        PAGE,
        {"accept": "on", "shown": shown(page), "next": SETTINGS},
        headers={"accept-language": "en"},
        REMOTE_ADDR="203.0.113.77",
    )

    forget_tenants()  # as the commit does
    assert re.search(r'name="accept"[^>]* checked', page) is None
    assert (answer.status_code, answer["Location"]) == (302, SETTINGS)
    found = list_acceptances_of(tenant.schema_name)
    owner = User.objects.get(role="owner")
    assert [(each.text.document, each.text.version, each.text.language, each.text.digest) for each in found] == [
        (each, list_versions(each)[0], "en", get_text(each, "en").digest) for each in ("processing", "terms")
    ]
    assert {(each.email, each.address_block, each.accepted_at) for each in found} == {
        (owner.email, "203.0.113.0/24", AFTER)
    }
    assert {each.text.sentence for each in found} == {
        "I accept the terms of service and the data processing agreement."
    }
    assert find_tenant(tenant.schema_name).agreed == {**OLD, **IN_FORCE}
    assert owner_client.get(SETTINGS).status_code == 200
    # The same form once more, from a second tab: nothing is kept twice.
    assert owner_client.post(PAGE, {"accept": "on", "shown": shown(page)})["Location"] == PAGE
    assert TermsAcceptance.objects.filter(business=tenant.schema_name).count() == 2


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"shown": "{shown}"}, "Check the box to accept"),
        ({"accept": "on", "shown": "terms=2026-11-26 en"}, "The terms have changed meanwhile."),
        ({"accept": "on", "shown": "{shown}", "language": "es"}, "Mientras tanto cambiaron los términos."),
        ({"accept": "on"}, "The terms have changed meanwhile."),
        ({"accept": "on", "shown": "x" * 5000}, "The terms have changed meanwhile."),
    ],
)
def test_nothing_is_accepted_that_was_not_shown_and_checked(owner_client, agreed, tenant, typed, said):
    agreed(OLD)
    page = owner_client.get(PAGE, headers={"accept-language": "en"}).content.decode()
    language = typed.get("language", "en")
    form = {name: value.format(shown=shown(page)) for name, value in typed.items() if name != "language"}

    answer = owner_client.post(PAGE, {**form, "next": SETTINGS}, headers={"accept-language": language})

    refused = read(answer)
    assert (answer.status_code, said in refused) == (422, True)
    assert re.search(r'name="accept"[^>]* checked', refused) is None
    assert shown(refused) == f"terms=2026-11-28 processing=2026-11-28 {language}"
    assert f'name="next" value="{SETTINGS}"' in refused
    assert (list_acceptances_of(tenant.schema_name), find_tenant(tenant.schema_name).agreed) == ((), OLD)


def test_only_one_agreement_is_asked_where_the_other_is_accepted(owner_client, agreed):
    one = agreed({"terms": "2026-11-28"})
    other = find_ask(agreed({"processing": "2026-11-28", "terms": "2026-11-26"}), now=BEFORE)

    page = read(owner_client.get(PAGE, headers={"accept-language": "en"}))

    assert find_ask(one, now=BEFORE).documents == ("processing",)
    assert (other.documents, [each.document for each in other.announced]) == (("terms",), ["terms"])
    assert re.search(r"I accept the <a [^>]*>terms of service</a>\.", page) is not None


def test_who_missed_a_version_reads_all_changes_and_the_first_day_counts(agreed, monkeypatch):
    later = [
        legal.Announcement("terms", "2027-02-01", date(2027, 3, 5), {"es": "x", "en": "x"}),
        *legal.list_announcements(),
    ]
    monkeypatch.setattr(asking, "list_announcements", lambda: later)
    monkeypatch.setattr(
        asking, "list_versions", lambda document: ("2027-02-01" if document == "terms" else "2026-11-28",)
    )

    ask = find_ask(agreed(OLD), now=AFTER)

    assert [each.version for each in ask.announced] == ["2027-02-01", "2026-11-28", "2026-11-28"]
    assert (ask.holds_on, ask.is_due) == (date(2026, 12, 28), True)


@pytest.mark.parametrize(("days", "is_due"), [(29, False), (30, True)])
def test_business_of_an_archive_has_thirty_days(owner_client, agreed, days, is_due):
    start = datetime(2026, 11, 28, 18, tzinfo=UTC)

    tenant = agreed({"asked_at": start.isoformat()}, now=start + timedelta(days=days))

    page = read(owner_client.get("/workspace/", headers={"accept-language": "en"}))
    ask = find_ask(tenant, now=start + timedelta(days=days))
    assert "Please accept our terms and the data processing agreement." in page
    assert (ask.documents, ask.announced, ask.holds_on, ask.is_due) == (AGREEMENTS, (), date(2026, 12, 28), is_due)
    assert owner_client.get(SETTINGS).status_code == (302 if is_due else 200)


def test_business_that_an_older_program_made_has_thirty_days_as_well(agreed):
    tenant = agreed({})

    assert find_ask(tenant, now=tenant.created_at).is_due is False
    assert find_ask(tenant, now=tenant.created_at + timedelta(days=31)).is_due is True


def test_owner_keeps_the_text_with_its_proof(owner_client, agreed, tenant, tenants):
    agreed(OLD)
    texts = [get_text(each, "es").accept("Acepto.") for each in AGREEMENTS]
    accept_texts(texts, email="ana@example.com", address_block="203.0.113.0/24", now=AFTER)
    (terms,) = [each for each in list_acceptances_of(tenant.schema_name) if each.text.document == "terms"]

    page = read(owner_client.get(PAGE))
    answer = owner_client.get(f"{PAGE}{terms.number}.txt")

    plain = answer.content.decode()
    assert f'href="{PAGE}{terms.number}.txt"' in page
    assert "/legal/terms/2026-11-28/" in page
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "text/plain; charset=utf-8", 'attachment; filename="terms-2026-11-28-es.txt"',
    )  # fmt: skip
    facts = ["ana@example.com", "2026-12-28T06:00:00+00:00", "203.0.113.0/24", "Acepto.", terms.text.digest]
    assert [each for each in facts if each not in plain] == []
    assert "8. Cambios" in plain
    # The neighbor has none of this number.
    with pytest.raises(NotFound):
        get_acceptance_of(tenants["salon"].schema_name, terms.number)
    assert owner_client.get(f"{PAGE}{terms.number + 100}.txt").status_code == 404


def test_the_database_keeps_what_was_accepted_later_too(agreed, tenant):
    agreed(OLD)
    accept_texts([get_text("terms", "es").accept("x")], email="a@example.com", address_block="-", now=utc_now())

    for change in (
        lambda: TermsAcceptance.objects.update(version="1"),
        lambda: TermsAcceptance.objects.update(email="b@example.com"),
        lambda: TermsAcceptance.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
    row = TermsAcceptance.objects.values().get(business=tenant.schema_name)
    for wrong in ({"business": ""}, {"sign_up_number": 1}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            TermsAcceptance.objects.create(**{**row, "id": None, **wrong})
    assert TermsAcceptance.objects.count() == 1
