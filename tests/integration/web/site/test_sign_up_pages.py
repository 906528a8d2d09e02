"""From the product page to the owner's first entry, by the pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import SplitResult, parse_qs, urlsplit

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client

from kernel.clock import utc_now
from tenants.models import DueWork, SignUp, Tenant
from tenants.selectors.resolution import forget_tenants
from tenants.services.due_work import perform_due_work
from tests.factories.sign_ups import SIGN_UP_FORM

SIGN_UP = "/sign-up/"


@pytest.fixture(autouse=True)
def fresh_counts(db):
    cache.clear()


@pytest.fixture
def work() -> Callable[[], None]:
    """Return a function that does everything that is due, as a worker would."""

    def run() -> None:
        while rows := list(DueWork.objects.filter(schema_name="public", due_at__lte=utc_now())):
            for row in rows:
                assert perform_due_work(schema_name="public", kind=row.kind, row_id=row.row_id, now=utc_now())
        forget_tenants()  # what the commit does, which no test of this file reaches

    return run


def start(client: Client, work: Callable[[], None], **changes: str) -> tuple[str, str]:
    """Sign up and return the paths of the progress page and of the link in the e-mail."""
    answer = client.post(SIGN_UP, {**SIGN_UP_FORM, **changes})
    assert answer.status_code == 302
    work()
    link = re.search(r"https?://\S+", mail.outbox[-1].body)
    return answer["Location"], urlsplit(link.group()).path


def read_errors(answer) -> dict[str, str]:
    first_error = r'<span id="f-(\w+)_error">\s*<span class="error">.*?<span>(.*?)</span>'
    return dict(re.findall(first_error, answer.content.decode(), re.DOTALL))


def find_door(client: Client, progress: str) -> SplitResult:
    answer = client.get(progress)
    assert answer.status_code == 302
    return urlsplit(answer["Location"])


def test_owner_gets_from_the_product_page_into_the_workspace(platform_client, work):
    assert 'href="/sign-up/"' in platform_client.get("/").content.decode()
    progress, link = start(platform_client, work)
    assert "ana@example.com" in platform_client.get(progress).content.decode()
    assert platform_client.get(link).status_code == 200
    assert SignUp.objects.get().status == "started"

    confirmed = platform_client.post(link)
    preparing = Client(HTTP_HOST="taller-nandu.testserver.example").get("/")
    work()
    status = platform_client.get(f"{progress}status/").json()
    door = find_door(platform_client, progress)

    assert (confirmed.status_code, confirmed["Location"]) == (302, progress)
    assert (preparing.status_code, preparing["Retry-After"]) == (503, "10")
    assert status == {"status": "done"}
    tenant = Tenant.objects.get(slug="taller-nandu")
    assert (tenant.name, tenant.timezone, tenant.currency, tenant.locale) == (
        "Taller Ñandú & Hijos", "America/Santiago", "CLP", "es",
    )  # fmt: skip
    owner = Client(HTTP_HOST=door.netloc)
    token = {"token": parse_qs(door.query)["token"][0]}
    assert owner.get(f"{door.path}?{door.query}").status_code == 200
    assert owner.get("/workspace/").status_code == 302
    entered = owner.post(door.path, token)
    assert (entered.status_code, entered["Location"]) == (302, "/workspace/")
    assert owner.get("/workspace/").status_code == 200
    assert Client(HTTP_HOST=door.netloc).post(door.path, token).status_code == 404


def test_entry_of_one_tenant_opens_no_other(platform_client, work, tenants):
    progress, link = start(platform_client, work)
    platform_client.post(link)
    work()
    door = find_door(platform_client, progress)
    other = Client(HTTP_HOST=tenants["salon"].primary_host)

    answer = other.post("/accounts/entry/", {"token": parse_qs(door.query)["token"][0]})

    assert answer.status_code == 404
    assert other.get("/workspace/").status_code == 302


def test_password_is_kept_as_a_hash_and_only_while_it_is_needed(platform_client, work):
    _, link = start(platform_client, work)
    before = SignUp.objects.get().password_hash

    platform_client.post(link)
    work()

    assert SIGN_UP_FORM["password"] not in before
    assert before != ""
    assert SignUp.objects.get().password_hash == ""


@pytest.mark.parametrize(
    ("changes", "field", "status"),
    [
        ({"slug": "tal'ler"}, "slug", 422),
        ({"slug": "mi taller"}, "slug", 422),
        ({"slug": "a" * 500}, "slug", 422),
        ({"slug": "admin"}, "slug", 409),
        ({"slug": "taller"}, "slug", 409),
        ({"slug": ""}, "slug", 422),
        ({"business_name": "x" * 10_000}, "business_name", 422),
        ({"business_name": "<script>alert(1)</script>"}, "business_name", 422),
        ({"business_name": "   "}, "business_name", 422),
        ({"business_name": "\u200b\u202e"}, "business_name", 422),
        ({"owner_name": "Ana\x00"}, "owner_name", 422),
        ({"owner_name": "x" * 10_000}, "owner_name", 422),
        ({"email": "not an address"}, "email", 422),
        ({"password": "corta"}, "password", 422),
        ({"password": "ana@example.com"}, "password", 422),
        ({"timezone": "America/Atlantis"}, "timezone", 422),
        ({"timezone": "UTC"}, "timezone", 422),
        ({"timezone": ""}, "timezone", 422),
        ({"phone": ""}, "phone", 422),
        ({"phone": "961"}, "phone", 422),
        ({"phone": "llámame"}, "phone", 422),
        ({"phone": "9" * 500}, "phone", 422),
        ({"address": ""}, "address", 422),
        ({"address": "x" * 500}, "address", 422),
        ({"address": "Gane dinero en www.malo.example"}, "address", 422),
        ({"address": "<b>Calle 1</b>"}, "address", 422),
        ({"address": "bit.ly/x"}, "address", 422),
        ({"address": "Calle 1, taller punto com"}, "address", 422),
        ({"owner_name": "Gana en bit.ly/x"}, "owner_name", 422),
        ({"terms": ""}, "terms", 422),
        ({"terms_shown": "2020-01-01 2020-01-01"}, "terms", 422),
        ({"vertical": "circus"}, "vertical", 422),
    ],
)
@pytest.mark.parametrize("language", ["es", "en"])
def test_bad_input_is_said_and_what_was_typed_stays(platform_client, changes, field, status, language):
    answer = platform_client.post(SIGN_UP, {**SIGN_UP_FORM, **changes}, headers={"accept-language": language})

    page = answer.content.decode()
    assert answer.status_code == status
    assert list(read_errors(answer)) == [field]
    assert f'lang="{language}"' in page
    assert "<script>alert" not in page
    assert SIGN_UP_FORM["password"] not in page
    kept = {name: value for name, value in SIGN_UP_FORM.items() if name not in {*changes, "password"}}
    assert "Taller Ñandú &amp; Hijos" in page or "business_name" not in kept
    assert 'value="ana@example.com"' in page or "email" not in kept
    assert SignUp.objects.count() == 0


def test_slips_of_the_keyboard_are_forgiven(platform_client, work):
    start(platform_client, work, slug="  Taller-NANDU ")

    assert SignUp.objects.get().slug == "taller-nandu"


@pytest.mark.parametrize(
    ("slug", "status"),
    [
        ("taller-libre", "free"),
        ("taller", "slug_taken"),
        ("admin", "slug_reserved"),
        ("turnero-soporte", "slug_reserved"),
        ("paypa1", "slug_reserved"),
        ("turnos-lopez", "free"),
        ("a'b", "slug_invalid"),
        ("", "slug_invalid"),
    ],
)
def test_live_check(platform_client, slug, status):
    answer = platform_client.get("/sign-up/check-slug/", {"slug": slug})

    assert (answer.status_code, answer.json()["status"]) == (200, status)
    assert answer.json()["message"] != ""


def test_second_of_two_sign_ups_chooses_another_address_and_loses_nothing(platform_client, work):
    _, first = start(platform_client, work)
    _, second = start(platform_client, work, email="otra@example.com", business_name="Otro taller")
    platform_client.post(first)

    refused = platform_client.post(second)
    invalid = platform_client.post(second, {"slug": "tal ler"})
    accepted = platform_client.post(second, {"slug": "otro-taller"})
    work()

    assert (refused.status_code, list(read_errors(refused))) == (409, ["slug"])
    assert "Otro taller" in refused.content.decode()
    assert (invalid.status_code, 'value="tal ler"' in invalid.content.decode()) == (422, True)
    assert accepted.status_code == 302
    assert set(Tenant.objects.values_list("slug", "name")) >= {
        ("taller-nandu", SIGN_UP_FORM["business_name"]), ("otro-taller", "Otro taller"),
    }  # fmt: skip


def test_confirming_twice_makes_one_tenant(platform_client, work):
    progress, link = start(platform_client, work)
    platform_client.post(link)
    work()

    again, look = platform_client.post(link), platform_client.get(link)
    work()

    assert [again["Location"], look["Location"]] == [progress, progress]
    assert Tenant.objects.filter(slug="taller-nandu").count() == 1


@pytest.mark.parametrize("language", ["es", "en"])
def test_broken_and_expired_links_are_clear_pages(platform_client, work, language):
    progress, link = start(platform_client, work)
    SignUp.objects.update(expires_at=utc_now() - timedelta(seconds=1), created_at=utc_now() - timedelta(days=3))

    answers = [
        platform_client.get(address, headers={"accept-language": language})
        for address in (link, progress, "/sign-up/verify/x/", "/sign-up/progress/x/", f"{link[:-2]}/")
    ]
    posted = platform_client.post(link)

    assert [answer.status_code for answer in (*answers, posted)] == [404] * 6
    assert {f'lang="{language}"' in answer.content.decode() for answer in answers} == {True}
    assert platform_client.get(f"{progress}status/").status_code == 404
    assert SignUp.objects.get().status == "started"


def test_too_many_sign_ups_are_held_back(platform_client, settings):
    settings.LIMITS = settings.LIMITS | {"sign_ups_address": replace(settings.LIMITS["sign_ups_address"], size=2)}
    mistakes = [platform_client.post(SIGN_UP, {}) for _ in range(3)]
    answers = [
        platform_client.post(SIGN_UP, {**SIGN_UP_FORM, "slug": f"taller-{name}"}) for name in ("uno", "dos", "tres")
    ]

    assert [answer.status_code for answer in mistakes] == [422] * 3
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 3600
    assert SignUp.objects.count() == 2


def test_pages_are_in_the_visitors_language(platform_client):
    spanish = platform_client.get("/", headers={"accept-language": "es-MX"}).content.decode()
    english = platform_client.get("/", headers={"accept-language": "en-GB"}).content.decode()

    assert 'lang="es"' in spanish
    assert "Start for free" in english
    assert "Start for free" not in spanish


def test_country_of_the_browser_is_proposed(platform_client):
    page = platform_client.get(SIGN_UP, headers={"accept-language": "es-AR,es;q=0.9"}).content.decode()

    assert re.search(r'<option value="America/Argentina/Buenos_Aires"[^>]* selected', page) is not None


def test_sign_up_page_needs_no_script_and_breaks_no_policy(platform_client):
    answer = platform_client.get(SIGN_UP)

    page = answer.content.decode()
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*src=)|\son\w+=|\sstyle=", page) == []
    assert '<form class="site-form card" method="post"' in page


def test_forms_behind_links_may_say_where_they_come_from(platform_client, work):
    """Under ``no-referrer`` browsers send ``Origin: null`` with a form, and Django refuses it."""
    _, link = start(platform_client, work)

    assert 'name="referrer" content="same-origin"' in platform_client.get(link).content.decode()


def test_sign_up_does_not_exist_on_a_tenants_host(customer_client):
    page, attempt = customer_client.get(SIGN_UP), customer_client.post(SIGN_UP, SIGN_UP_FORM)

    assert [answer.status_code for answer in (page, attempt)] == [404, 404]
    connection.set_schema_to_public()
    assert SignUp.objects.count() == 0


@pytest.mark.parametrize("slug", ["turnero-soporte", "paypal", "turner0", "soporte-bbva"])
def test_an_address_that_misleads_is_refused_with_one_that_can_be_had(platform_client, slug):
    page = platform_client.post(SIGN_UP, {**SIGN_UP_FORM, "slug": slug, "business_name": "Taller Ñandú del Sur"})

    problem = read_errors(page)["slug"]
    assert (page.status_code, list(read_errors(page))) == (409, ["slug"])
    assert "podría confundirse" in problem
    assert "Esta está libre: taller-nandu-del-sur" in problem
    assert f'value="{slug}"' in page.content.decode()
    assert SignUp.objects.count() == 0


@pytest.mark.parametrize("name", ["PayPal", "Soporte Turnero", "BBVA México"])
def test_a_name_that_misleads_is_refused(platform_client, name):
    page = platform_client.post(SIGN_UP, {**SIGN_UP_FORM, "business_name": name})

    assert (page.status_code, list(read_errors(page))) == (422, ["business_name"])
    assert SignUp.objects.count() == 0


def test_a_mailbox_gets_three_sign_up_mails_a_day(platform_client, work):
    spellings = ["ana@gmail.com", "ANA@gmail.com", "a.n.a@gmail.com", "ana+x@gmail.com", "ana@googlemail.com"]
    answers = [
        platform_client.post(SIGN_UP, {**SIGN_UP_FORM, "slug": f"taller-{number}", "email": spellings[number % 5]})
        for number in range(25)
    ]
    work()

    assert [answer.status_code for answer in answers] == [302] * 3 + [429] * 22
    assert (len(mail.outbox), SignUp.objects.count()) == (3, 3)
    assert (list(read_errors(answers[-1])), int(answers[-1]["Retry-After"]) > 80_000) == (["email"], True)


def test_an_empty_form_says_of_each_field_what_is_missing(platform_client):
    answer = platform_client.post(SIGN_UP, {}, headers={"accept-language": "es"})

    said = read_errors(answer)
    assert said.pop("terms")
    assert said == {
        "business_name": "Escribe el nombre de tu negocio.",
        "slug": "Escribe la dirección que tendrá tu página.",
        "vertical": "Elige qué tipo de negocio es.",
        "timezone": "Elige tu país y zona horaria.",
        "address": "Escribe a dónde llegan tus clientes.",
        "phone": "Escribe el teléfono de tu negocio.",
        "owner_name": "Escribe tu nombre.",
        "email": "Escribe tu correo.",
        "password": "Elige una contraseña.",
    }


def test_whoever_has_an_account_is_led_to_its_door(platform_client):
    page = platform_client.get(SIGN_UP, headers={"accept-language": "es"}).content.decode()

    assert "¿Ya tienes cuenta?" in page
    assert re.search(r'<a href="/sign-in/">Entrar</a>', page) is not None
