"""The page of the business: what is typed is kept, checked, shown to customers, and never overwritten silently."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime

import pytest

from accounts.models import User
from audit.selectors.log import list_changes
from edge.language import list_offered_languages
from kernel.clock import utc_now
from kernel.colors import get_contrast
from kernel.limits import Ask
from notifications.services.budgets import list_own_sizes
from notifications.services.senders import get_sender
from scheduling.errors import SetupInvalid
from scheduling.models import Service
from scheduling.selectors.catalog.business import get_business_entry
from scheduling.services.catalog.business.settings import change_business
from scheduling.types import Actor
from tenants.context import current_tenant
from tenants.jobs import call_in_tenant, call_outside
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tenants.services.counts import count_all
from tenants.types import BusinessProfile, BusinessSetup, BusinessText
from tests.conftest import HostClient
from web.accent import SURFACES, make_tokens, measure
from web.workspace.settings.forms import SWATCHES, BusinessForm

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
URL = "/workspace/settings/business/"
STAFF = Actor(kind="staff", user_id=None)
GIVEN = {
    "name": "Taller Morales",
    "email": "hola@morales.example",
    "website": "morales.example",
    "instagram": "https://instagram.com/morales",
    "facebook": "",
    "tiktok": "",
    "accent": "#C2410C",
    "privacy_url": "https://morales.example/privacidad",
    "locale": "es",
    "languages": ["es", "en"],
    "feedback": "evening",
    "review_url": "g.page/r/morales",
    "tone": "formal",
    "clock": "24",
    "timezone": "America/Mexico_City",
    "sms_countries": ["US"],
    "emails_per_day": "100",
    "sms_per_day": "",
    "about_es": "Mecánica general desde 1988",
    "about_en": "",
    "bring_es": "Trae tu tarjeta de circulación.",
    "bring_en": "",
    "policy_es": "Puedes cambiar hasta 4 horas antes.",
    "policy_en": "You can change it up to 4 hours before.",
    "after_es": "Te esperamos.",
    "after_en": "",
}


def read_setup() -> BusinessSetup:
    return get_business_entry().setup


def save(client: HostClient, **changes):
    version = get_business_entry().version
    return client.post(URL, {**GIVEN, "version": version, **changes})


def look_again(schema_name: str, function, *args):
    """As the next request would: with a fresh copy of the tenant."""
    forget_tenants()
    return call_outside(call_in_tenant, schema_name, function, *args)


def test_what_was_typed_is_kept_with_its_author(owner_client, tenant):
    answer = save(owner_client)

    assert (answer.status_code, answer.headers["Location"]) == (302, URL)
    assert read_setup() == BusinessSetup(
        name="Taller Morales",
        email="hola@morales.example",
        website="https://morales.example",
        instagram="https://instagram.com/morales",
        accent="#c2410c",
        privacy_url="https://morales.example/privacidad",
        feedback="evening",
        review_url="https://g.page/r/morales",
        locale="es",
        languages=(),
        tone="formal",
        clock="24",
        timezone="America/Mexico_City",
        sms_countries=("US",),
        emails_per_day=100,
        sms_per_day=None,
        texts=(
            BusinessText(language="en", policy="You can change it up to 4 hours before."),
            BusinessText(
                language="es",
                about="Mecánica general desde 1988",
                bring="Trae tu tarjeta de circulación.",
                policy="Puedes cambiar hasta 4 horas antes.",
                after="Te esperamos.",
            ),
        ),
    )
    (change,) = list_changes(noun="business", row_id=tenant.id)
    assert (change.user_name, {each.name for each in change.fields} >= {"name", "accent", "texts"}) == (
        "Olga Owner",
        True,
    )
    assert "Taller Morales" in owner_client.get(f"{URL}history/").content.decode()


def test_saving_the_same_again_is_no_change(owner_client, tenant):
    save(owner_client)
    before = get_business_entry()

    save(owner_client)

    assert get_business_entry() == before
    assert len(list_changes(noun="business", row_id=tenant.id)) == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "  \u200b "),
        ("name", "x" * 5000),
        ("accent", "rojo"),
        ("accent", ""),
        ("accent", "#12345"),
        ("accent", "#gggggg"),
        ("accent", "#ffffff"),
        ("accent", "#f6f7f9"),
        ("accent", "FFFFFF"),
        ("website", "javascript:alert(1)"),
        ("website", "https://user:secret@evil.example"),
        ("instagram", "https://evil.com/x"),
        ("instagram", "https://instagram.com.evil.com/x"),
        ("facebook", "data:text/html,<script>"),
        ("tiktok", "https://" + "x" * 5000 + ".example"),
        ("privacy_url", "nuestra página"),
        ("privacy_url", "javascript:alert(1)"),
        ("email", "hola@"),
        ("timezone", "Mars/Olympus"),
        ("timezone", ""),
        ("locale", "fr"),
        ("languages", ["fr"]),
        ("languages", ["en"]),
        ("feedback", "hourly"),
        ("review_url", "javascript:alert(1)"),
        ("review_url", "https://user:secret@evil.example"),
        ("tone", "rude"),
        ("clock", "13"),
        ("sms_countries", ["XX"]),
        ("emails_per_day", "-1"),
        ("sms_per_day", "many"),
        ("sms_per_day", "100001"),
        ("policy_es", "x" * 5000),
        ("after_en", "x" * 601),
        ("about_es", "x" * 121),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_lost(owner_client, field, typed):
    before = read_setup()

    answer = save(owner_client, **{field: typed})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#f-{field}' in page
    assert 'value="morales.example"' in page or field == "website"
    assert "Puedes cambiar hasta 4 horas antes." in page or field == "policy_es"
    assert read_setup() == before


def test_script_in_a_text_is_a_text(owner_client, customer_client, tenant):
    save(owner_client, policy_es="<script>alert(1)</script> & más")
    forget_tenants()

    for page in (owner_client.get(URL), customer_client.get("/?lang=es")):
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; más" in page.content.decode()
        assert "<script>alert(1)" not in page.content.decode()


def test_two_editors_never_overwrite_each_other(owner_client):
    version = get_business_entry().version
    save(owner_client, name="Taller Nuevo")

    answer = owner_client.post(URL, {**GIVEN, "version": version, "accent": "#0d9488"})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "#0d9488" in page
    assert "Taller Nuevo" in page
    assert (read_setup().name, read_setup().accent) == ("Taller Nuevo", "#c2410c")


def test_owner_may_save_knowingly_after_a_clash(owner_client):
    version = get_business_entry().version
    save(owner_client, name="Taller Nuevo")
    owner_client.post(URL, {**GIVEN, "version": version})

    answer = save(owner_client, name="Taller Último")

    assert (answer.status_code, read_setup().name) == (302, "Taller Último")


@pytest.mark.parametrize("role", ["receptionist", "provider", "read_only"])
def test_who_may_not_change_settings_changes_nothing(tenant, role):
    client = HostClient(tenant.primary_host)
    client.force_login(User.objects.create(email=f"{role}@example.com", name=role, role=role))
    before = read_setup()

    assert [client.get(URL).status_code, save(client).status_code] == [403, 403]
    assert read_setup() == before


def test_suspended_business_reads_and_changes_nothing(owner_client, tenant):
    Tenant.objects.filter(pk=tenant.id).update(status="suspended")
    forget_tenants()
    before = read_setup()

    answer = save(owner_client)

    assert (answer.status_code, read_setup()) == (403, before)
    assert owner_client.get(URL).status_code == 200


def test_customers_read_what_the_business_wrote(owner_client, customer_client):
    save(owner_client)
    forget_tenants()

    spanish, english = (customer_client.get(f"/?lang={each}").content.decode() for each in ("es", "en"))

    assert "Puedes cambiar hasta 4 horas antes." in spanish
    assert "You can change it up to 4 hours before." in english
    for page in (spanish, english):
        assert 'href="https://morales.example/privacidad"' in page
        assert 'href="https://instagram.com/morales" rel="noopener">Instagram @morales</a>' in page
        assert 'href="mailto:hola@morales.example"' in page
        assert "/brand.css?v=c2410c" in page


def test_profiles_are_typed_and_shown_by_their_names(owner_client):
    save(owner_client, instagram="@Morales.Taller", facebook="https://m.facebook.com/Morales?ref=x", tiktok="morales")

    setup, page = read_setup(), owner_client.get(URL).content.decode()
    again = save(owner_client, instagram="@morales.taller", facebook="@morales", tiktok="@morales")

    links = ("https://instagram.com/morales.taller", "https://facebook.com/morales", "https://tiktok.com/@morales")
    assert (setup.instagram, setup.facebook, setup.tiktok) == links
    assert (page.count('value="@morales"'), page.count('value="@morales.taller"')) == (2, 1)
    assert (again.status_code, read_setup()) == (302, setup)


def test_text_that_is_missing_in_a_language_is_shown_in_the_own_one():
    profile = BusinessProfile(texts=(BusinessText(language="es", after="Te esperamos."),))

    assert [profile.say("after", each, main="es") for each in ("es", "en")] == ["Te esperamos."] * 2
    assert profile.say("policy", "en", main="es") == ""


def test_customers_are_offered_the_languages_of_the_business_only(owner_client, customer_client, tenant):
    save(owner_client, languages=["es"])
    forget_tenants()

    page = customer_client.get("/?lang=en").content.decode()

    assert ('lang="es"' in page, "hreflang" in page.split("<body")[1]) == (True, False)
    assert look_again(tenant.schema_name, lambda: list_offered_languages(current_tenant())) == ("es",)
    assert 'lang="en"' in owner_client.get(f"{URL}?lang=en").content.decode()


@pytest.mark.parametrize(("clock", "shown"), [("12", "3:30 p.m."), ("24", "15:30")])
def test_clock_is_the_chosen_one(owner_client, tenant, clock, shown):
    from web.templatetags.formats import get_current_formats

    save(owner_client, clock=clock)
    at = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)

    said = look_again(tenant.schema_name, lambda: get_current_formats().format_time(at, "UTC"))

    assert said.replace("\N{NO-BREAK SPACE}", " ").replace("p. m.", "p.m.") == shown


@pytest.mark.parametrize(("tone", "is_formal"), [("formal", True), ("informal", False), ("", False)])
def test_messages_speak_as_the_business_chose(owner_client, tenant, tone, is_formal):
    save(owner_client, tone=tone)

    sender = look_again(tenant.schema_name, get_sender)

    assert (sender.is_formal, sender.name, sender.accent, sender.logo_url) == (
        is_formal, "Taller Morales", "#c2410c", "",
    )  # fmt: skip


def test_own_budget_is_below_the_platforms(owner_client, tenant):
    save(owner_client, emails_per_day="100", sms_per_day="99999")

    sizes = look_again(tenant.schema_name, lambda: dict(list_own_sizes(current_tenant())))

    assert sizes == {"emails_per_day": 100, "sms_per_day": 500}


def test_no_color_makes_anything_unreadable():
    chance = random.Random("500 colors")
    colors = [f"#{chance.randrange(0x1000000):06x}" for _ in range(500)]
    colors += ["#000000", "#ffd400", "#101720", "#161c24", "#0e1319", "#ff0000", "#808080", "#757575", "#eeeeee"]

    worst = [measure(color) for color in colors]

    assert min(each.ink for each in worst) >= 4.5
    assert min(each.link for each in worst) >= 4.5
    assert min(each.line for each in worst) >= 3
    for color in colors:
        for theme, below in SURFACES.items():
            fill = make_tokens(color, theme).accent
            assert min(get_contrast(fill, each) for each in below) >= 1.2


def test_yellow_stays_yellow_with_dark_letters():
    light = make_tokens("#ffd400", "light")

    assert (light.accent, light.on_accent) == ("#ffd400", "#101720")
    assert light.accent_line != light.accent
    assert measure("#ffd400").is_kept is False
    assert measure("#c2410c").is_kept is True


def test_color_is_measured_while_it_is_typed(owner_client):
    page = owner_client.get(f"{URL}measured/?accent=ffd400").content.decode()

    assert "look.css?color=ffd400" in page
    assert re.findall(r"Se lee bien, (\S+) a 1", page) == ["12.6", "4.6"]  # with a point, as the line below has "4.5"
    assert "usamos un tono suyo" in page
    sheet = owner_client.get(f"{URL}look.css?color=ffd400")
    assert ".look{--accent:#ffd400;" in sheet.content.decode()
    assert ".look.dark{--accent:" in sheet.content.decode()
    assert sheet.headers["Content-Type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize("typed", ["", "};body{display:none", "<script>", "#"])
def test_color_that_is_none_is_measured_as_ours(owner_client, typed):
    sheet = owner_client.get(f"{URL}look.css", {"color": typed}).content.decode()

    assert sheet.startswith(".look{--accent:#1d4ed8;")
    assert owner_client.get(f"{URL}measured/", {"accent": typed}).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"locale": "fr"},
        {"languages": ("es", "xx")},
        {"languages": ("en",)},
        {"clock": "25"},
        {"tone": "x"},
        {"sms_countries": ("XX",)},
        {"accent": "red"},
        {"texts": (BusinessText(language="fr", bring="x"),)},
        {"texts": (BusinessText(language="es", bring="x" * 601),)},
        {"texts": (BusinessText(language="es", about="x" * 121),)},
        {"emails_per_day": -1},
        {"privacy_url": "javascript:x"},
    ],
)
def test_service_refuses_by_itself(tenant, wrong):
    entry = get_business_entry()
    values = {name: getattr(entry.setup, name) for name in entry.setup.__dataclass_fields__}

    with pytest.raises(SetupInvalid):
        change_business(setup=BusinessSetup(**{**values, **wrong}), version=entry.version, by=STAFF, now=NOW)

    assert get_business_entry() == entry


def test_profile_of_other_code_is_read_without_what_is_unknown():
    row = {"clock": "24", "languages": ["es"], "hologram": True, "texts": [{"language": "es", "after": "Hola"}]}

    assert BusinessProfile.read(row) == BusinessProfile(
        clock="24", languages=("es",), texts=(BusinessText(language="es", after="Hola"),)
    )
    newer = {"texts": [{"language": "es", "after": "Hola", "song": "la la"}]}
    assert BusinessProfile.read(newer).texts == (BusinessText(language="es", after="Hola"),)
    assert BusinessProfile.read({}) == BusinessProfile()


def test_neighbor_keeps_what_is_hers(owner_client, other_tenant):
    save(owner_client)

    assert look_again(other_tenant.schema_name, lambda: current_tenant().name) == "Negocio salon"


def test_swatches_offer_colors_that_can_be_chosen(owner_client):
    save(owner_client, accent="#0f766e")

    page = owner_client.get(URL).content.decode()

    assert re.findall(r'data-color="(#[0-9a-f]{6})" aria-pressed="true"', page) == ["#0f766e"]
    for color, _ in SWATCHES:
        assert BusinessForm({**GIVEN, "accent": color}).is_valid(), color


def test_reminders_are_told_by_when_they_go_out(owner_client):
    Service.objects.update(reminder_offsets_minutes=[1440, 120])
    alike = " ".join(owner_client.get(URL).content.decode().split())
    odd = Service.objects.first()
    Service.objects.filter(pk=odd.pk).update(reminder_offsets_minutes=[])
    Service.objects.filter(pk=Service.objects.last().pk).update(reminder_offsets_minutes=[2880, 60, 30])
    mixed = " ".join(owner_client.get(URL).content.decode().replace("\N{NO-BREAK SPACE}", " ").split())
    others = Service.objects.filter(is_active=True).count() - 2

    assert "<dd>Todos los servicios</dd>" in alike
    assert f"<dt>1 día y 2 h antes</dt><dd>{others} servicios</dd>" in mixed
    assert f"<dt>Sin recordatorio</dt><dd>{odd.name}</dd>" in mixed
    assert "<dt>2 días, 1 h y 30 min antes</dt>" in mixed


def test_budget_of_the_day_is_shown_with_what_was_sent(owner_client, tenant):
    save(owner_client, emails_per_day="2", sms_per_day="0")
    forget_tenants()
    count_all([Ask("emails_business", tenant.schema_name)], now=utc_now())

    page = " ".join(owner_client.get(URL).content.decode().split())

    assert ("1 de 2" in page, "0 de 0" in page, page.count("Lo que llegue ahora espera a mañana")) == (True, True, 1)
