"""What sign-up keeps besides the business: what was accepted, and where customers find and call it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction

from kernel.clock import utc_now
from scheduling.models import Location
from tenants.context import tenant_scope
from tenants.models import DueWork, SignUp, Tenant, TermsAcceptance
from tenants.selectors.resolution import find_tenant, forget_tenants
from tenants.selectors.sign_ups import list_acceptances_of
from tenants.services.due_work import perform_due_work
from tests.factories.sign_ups import SIGN_UP_FORM
from web.parts.legal.texts import get_text

SIGN_UP = "/sign-up/"
VERSIONS = "2026-11-28 2026-11-27 2026-11-28"
CONSENT = {
    "es": ("Acepto los términos del servicio y el acuerdo de tratamiento de datos, y leí el aviso de privacidad."),
    "en": "I accept the terms of service and the data processing agreement, and have read the privacy notice.",
}


@pytest.fixture(autouse=True)
def fresh_counts(db):
    cache.clear()


def work() -> None:
    while rows := list(DueWork.objects.filter(schema_name="public", due_at__lte=utc_now())):
        for row in rows:
            assert perform_due_work(schema_name="public", kind=row.kind, row_id=row.row_id, now=utc_now())
    forget_tenants()


def start(client, **changes: str) -> str:
    answer = client.post(SIGN_UP, {**SIGN_UP_FORM, **changes})
    assert answer.status_code == 302, re.findall(r'class="error".*?<span>(.*?)</span>', answer.content.decode())
    work()
    return str(answer["Location"])


def find_link() -> str:
    return re.search(r"/sign-up/verify/\S+", mail.outbox[-1].body)[0]


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_customers_find_address_phone_and_clock_of_the_business(platform_client):
    start(platform_client, timezone="America/Cancun", phone="998 123 4567", address="Av. Tulum 10, Cancún")
    platform_client.post(find_link())
    work()

    tenant = Tenant.objects.get(slug="taller-nandu")
    assert (tenant.country, tenant.timezone, tenant.currency) == ("MX", "America/Cancun", "MXN")
    with tenant_scope(find_tenant(tenant.schema_name)):
        place = Location.objects.get()
    assert (place.timezone, place.phone, place.address) == ("America/Cancun", "+529981234567", "Av. Tulum 10, Cancún")


@pytest.mark.parametrize(
    ("timezone", "phone", "stored"),
    [
        ("America/Santiago", "9 6123 4567", "+56961234567"),
        ("Europe/Madrid", "612 34 56 78", "+34612345678"),
        ("Europe/Madrid", "+52 55 1234 5678", "+525512345678"),
        ("America/Mexico_City", "(55) 1234-5678", "+525512345678"),
        ("America/Bogota", "601 234 5678", "+576012345678"),
    ],
)
def test_phone_is_read_as_one_of_the_country_of_the_zone(platform_client, timezone, phone, stored):
    start(platform_client, timezone=timezone, phone=phone)

    assert SignUp.objects.get().phone == stored


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("es", CONSENT["es"]),
        ("en", CONSENT["en"]),
    ],
)
def test_what_was_accepted_is_kept_with_its_text_and_instant(platform_client, language, sentence):
    form = {**SIGN_UP_FORM, "terms_shown": f"{VERSIONS} {language}"}
    platform_client.post(SIGN_UP, form, headers={"accept-language": language}, REMOTE_ADDR="203.0.113.77")
    work()
    platform_client.post(find_link())
    work()

    found = list_acceptances_of(Tenant.objects.get(slug="taller-nandu").schema_name)

    assert [(each.text.document, each.text.version, each.text.language) for each in found] == [
        ("privacy", "2026-11-27", language), ("processing", "2026-11-28", language), ("terms", "2026-11-28", language),
    ]  # fmt: skip
    assert {each.text.sentence for each in found} == {sentence}
    assert {(each.email, each.address_block) for each in found} == {("ana@example.com", "203.0.113.0/24")}
    assert {each.accepted_at for each in found} == {SignUp.objects.get().created_at}
    assert [len(each.text.digest) for each in found] == [64, 64, 64]
    agreed = {each.text.document: each.text.version for each in found}
    assert find_tenant(Tenant.objects.get(slug="taller-nandu").schema_name).agreed == agreed


@pytest.mark.parametrize(
    ("shown", "language", "sentence"),
    [
        ("es", "en", CONSENT["es"]),
        ("en", "es", CONSENT["en"]),
    ],
)
def test_who_read_the_texts_in_one_language_accepted_no_other(platform_client, shown, language, sentence):
    """The page was open in one language, and somebody chose another one in a second tab."""
    page = platform_client.get(SIGN_UP, headers={"accept-language": shown}).content.decode()
    versions = re.search('name="terms_shown" value="([^"]+)"', page)[1]

    platform_client.post(SIGN_UP, {**SIGN_UP_FORM, "terms_shown": versions}, headers={"accept-language": language})

    rows = TermsAcceptance.objects.order_by("document").values_list("language", "sentence", "digest")
    digests = [get_text(document, shown).digest for document in ("privacy", "processing", "terms")]
    assert list(rows) == [(shown, sentence, digest) for digest in digests]


@pytest.mark.parametrize(("language", "is_checked"), [("es", True), ("en", False)])
def test_what_is_shown_in_another_language_is_accepted_anew(platform_client, language, is_checked):
    form = {**SIGN_UP_FORM, "email": "x"}
    page = platform_client.post(SIGN_UP, form, headers={"accept-language": language}).content.decode()

    assert (re.search(r'name="terms"[^>]* checked', page) is not None) == is_checked
    assert f'name="terms_shown" value="{VERSIONS} {language}"' in page


@pytest.mark.parametrize("shown", [VERSIONS, f"{VERSIONS} fr", "2026-11-26 2026-11-27 es", "es", "", "x" * 5000])
def test_texts_that_nobody_was_shown_are_not_accepted(platform_client, shown):
    answer = platform_client.post(SIGN_UP, {**SIGN_UP_FORM, "terms_shown": shown})

    assert (answer.status_code, TermsAcceptance.objects.count()) == (422, 0)


def test_business_that_never_signed_up_accepted_nothing(tenant):
    assert list_acceptances_of(tenant.schema_name) == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda: TermsAcceptance.objects.update(version="1"),
        lambda: TermsAcceptance.objects.all().delete(),
        lambda: TermsAcceptance.objects.first().save(),
        lambda: TermsAcceptance.objects.update(email="else@example.com"),
        lambda: TermsAcceptance.objects.update(email="ana@example.com", version="1"),
        lambda: run("TRUNCATE tenants_termsacceptance"),
    ],
    ids=["update", "delete", "save", "other e-mail", "more than the e-mail", "truncate"],
)
def test_the_database_refuses_to_change_what_was_accepted(platform_client, change):
    start(platform_client)
    before = list(TermsAcceptance.objects.values())

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        change()

    assert list(TermsAcceptance.objects.values()) == before
    assert len(before) == 3


def test_after_the_mail_was_answered_its_address_stays_too(platform_client):
    start(platform_client, email="ana@exmaple.com")
    platform_client.post(find_link())
    SignUp.objects.update(email="ana@example.com")

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        TermsAcceptance.objects.update(email="ana@example.com")


def test_new_terms_are_accepted_anew_and_nothing_else_is_lost(platform_client):
    answer = platform_client.post(SIGN_UP, {**SIGN_UP_FORM, "terms_shown": "2020-01-01 2020-01-01"})

    page = answer.content.decode()
    assert "Mientras tanto cambiaron los términos." in page
    assert re.search(r'name="terms"[^>]* checked', page) is None
    assert f'name="terms_shown" value="{VERSIONS} es"' in page
    assert 'value="9 6123 4567"' in page
    assert re.search(r'<option value="America/Santiago"[^>]* selected', page) is not None
    assert TermsAcceptance.objects.count() == 0


def test_password_that_has_to_be_typed_again_is_said(platform_client):
    again = "Por seguridad no la guardamos: escríbela otra vez."
    lost = platform_client.post(SIGN_UP, {**SIGN_UP_FORM, "email": "x"}).content.decode()
    wrong = platform_client.post(SIGN_UP, {**SIGN_UP_FORM, "password": "corta"}).content.decode()

    assert (again in lost, again in wrong) == (True, False)
    assert SIGN_UP_FORM["password"] not in lost


def test_script_may_choose_the_place_only_where_nobody_did(platform_client):
    fresh = platform_client.get(SIGN_UP).content.decode()
    refused = platform_client.post(SIGN_UP, {**SIGN_UP_FORM, "email": "x"}).content.decode()

    assert ("data-guess" in fresh, "data-guess" in refused) == (True, False)
    assert re.search(r'value="America/Argentina/Buenos_Aires" data-also="[^"]*America/Buenos_Aires', fresh) is not None


def test_mail_is_sent_again_with_the_same_link(platform_client):
    progress = start(platform_client)
    first = find_link()

    answer = platform_client.post(f"{progress}again/")
    work()

    assert (answer.status_code, answer["Location"]) == (302, f"{progress}?new=1")
    assert "Va en camino un correo nuevo." in platform_client.get(answer["Location"]).content.decode()
    assert [len(mail.outbox), find_link()] == [2, first]


def test_corrected_address_gets_the_mail_and_the_old_link_dies(platform_client):
    progress = start(platform_client, email="ana@exmaple.com")
    wrong = find_link()
    form = platform_client.get(f"{progress}mail/").content.decode()

    answer = platform_client.post(f"{progress}mail/", {"email": " ANA@example.com "})
    work()

    assert 'value="ana@exmaple.com"' in form
    assert answer.status_code == 302
    assert [message.to for message in mail.outbox] == [["ana@exmaple.com"], ["ana@example.com"]]
    assert set(TermsAcceptance.objects.values_list("email", flat=True)) == {"ana@example.com"}
    assert platform_client.get(wrong).status_code == 404
    assert platform_client.post(wrong).status_code == 404
    assert "ana@example.com" in platform_client.get(progress).content.decode()
    assert platform_client.post(find_link()).status_code == 302


def test_address_that_is_none_is_said_and_kept(platform_client):
    progress = start(platform_client)

    answer = platform_client.post(f"{progress}mail/", {"email": "ana@"})

    assert (answer.status_code, 'value="ana@"' in answer.content.decode()) == (422, True)
    assert SignUp.objects.get().email == "ana@example.com"


@pytest.mark.parametrize("path", ["again/", "mail/"])
def test_mailbox_gets_no_more_of_these_mails_than_by_signing_up(platform_client, path):
    progress = start(platform_client)

    answers = [platform_client.post(f"{progress}{path}", {"email": "ana@example.com"}) for _ in range(4)]
    work()

    assert [answer.status_code for answer in answers] == [302, 302, 429, 429]
    assert "Hoy ya enviamos a este correo" in answers[-1].content.decode()
    assert int(answers[-1]["Retry-After"]) > 80_000
    assert len(mail.outbox) <= 3


@pytest.mark.parametrize("path", ["again/", "mail/"])
def test_network_sends_no_more_mails_than_by_signing_up(platform_client, settings, path):
    settings.LIMITS = settings.LIMITS | {"sign_ups_address": replace(settings.LIMITS["sign_ups_address"], size=1)}
    progress = start(platform_client)

    answer = platform_client.post(f"{progress}{path}", {"email": "otra@example.com"})

    assert (answer.status_code, "Hubo demasiados registros" in answer.content.decode()) == (429, True)
    assert SignUp.objects.get().email == "ana@example.com"


def test_verified_address_is_not_corrected_any_more(platform_client):
    progress = start(platform_client)
    platform_client.post(find_link())

    look, answer = (
        platform_client.get(f"{progress}mail/"),
        platform_client.post(f"{progress}mail/", {"email": "x@y.mx"}),
    )
    again = platform_client.post(f"{progress}again/")

    assert [look["Location"], answer["Location"], again.status_code] == [progress, progress, 302]
    assert SignUp.objects.get().email == "ana@example.com"
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("path", ["again/", "mail/"])
def test_broken_link_sends_nothing(platform_client, path):
    start(platform_client)
    SignUp.objects.update(created_at=utc_now(), expires_at=utc_now())

    assert platform_client.post(f"/sign-up/progress/x/{path}", {"email": "x@y.mx"}).status_code == 404
    assert len(mail.outbox) == 1


def test_sign_up_older_than_a_day_sends_nothing(platform_client):
    progress = start(platform_client)
    SignUp.objects.update(expires_at=utc_now())

    answers = [platform_client.post(f"{progress}again/"), platform_client.post(f"{progress}mail/", {"email": "x@y.mx"})]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert SignUp.objects.get().email == "ana@example.com"
