"""The notice of a business: made of what it does and where it is, versioned by what it says, kept when shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.utils import translation

from kernel.law.persons import list_privacy_laws
from privacy.errors import NoticeChanged, NoticeUnknown
from privacy.models import NoticeVersion
from privacy.selectors.notices import (
    OWN,
    asks_expressly,
    find_kept,
    get_notice,
    list_kept,
    make_notice,
    name_shown_version,
)
from privacy.services.notices import keep_shown_notice
from scheduling.models import Location, Service
from tenants.context import tenant_scope
from tenants.types import BusinessText

NOW = datetime(2026, 11, 28, 15, tzinfo=UTC)


@pytest.fixture
def change(tenant):
    """Return the notice while the business is otherwise."""

    def _change(**changes):
        profile = {name: changes.pop(name) for name in ("consents", "privacy_url", "texts", "email") if name in changes}
        with tenant_scope(replace(tenant, profile=replace(tenant.profile, **profile), **changes)):
            return make_notice(), name_shown_version(), asks_expressly()

    return _change


@pytest.mark.parametrize("country", sorted(list_privacy_laws()))
def test_every_country_has_a_notice_with_its_rights_and_authority(change, country):
    notice, *_ = change(country=country)
    law = list_privacy_laws()[country]

    assert law.authority in notice.texts["es"]
    assert notice.texts["es"].count("respuesta en") + notice.texts["es"].count("respuesta de inmediato") == len(
        law.clocks
    )
    assert set(notice.texts) == {"es", "en"}


def test_mexico_separates_what_needs_consent(change):
    notice, *_ = change(country="MX", consents=("marketing", "photos"))
    necessary, _, secondary = notice.texts["es"].partition("Para qué, solo con consentimiento")

    assert "novedades y ofertas" not in necessary
    assert "novedades y ofertas" in secondary
    assert "fotos de las visitas" in secondary
    assert "respuesta en 20 días hábiles" in notice.texts["es"]
    assert "Base:" not in notice.texts["es"]


def test_spain_names_bases_blocks_and_says_the_age(change):
    notice, *_ = change(country="ES")

    for words in ("Base: la cita acordada", "antes bajo llave", "Desde los 14 años", "respuesta en 1 mes"):
        assert words in notice.texts["es"]


def test_only_purposes_that_the_business_has_are_named(change):
    notice, *_ = change(country="MX")

    assert "novedades" not in notice.texts["es"]
    assert "SMS" not in change(country="MX")[0].texts["es"].replace("la empresa que lleva los SMS", "")


def test_it_says_who_is_responsible_and_escapes_what_they_wrote(tenant, change):
    Location.objects.filter(is_active=True).update(address="Calle <b>1</b>", phone="+525512345678")
    words = BusinessText(language="es", notice="Cámaras: <script>alert(1)</script>\n\nEn la entrada.")

    notice, *_ = change(texts=(words,), email="hola@taller.example")

    for shown in (tenant.name, "Calle &lt;b&gt;1&lt;/b&gt;", "55 1234 5678", "hola@taller.example", "En la entrada."):
        assert shown in notice.texts["es"]
    assert "<script>" not in notice.texts["es"]


def test_the_same_words_are_the_same_version_and_others_another(change):
    first, *_ = change()
    again, *_ = change()
    other, *_ = change(consents=("marketing",))

    assert first.version == again.version != other.version


def test_language_of_the_reader_changes_no_version(change):
    versions = set()
    for language in ("es", "en"):
        with translation.override(language):
            versions.add(change()[0].version)

    assert len(versions) == 1


def test_deposits_are_named_once_a_service_asks_for_one(tenant):
    Service.objects.update(deposit_kind="none")
    without = make_notice()
    Service.objects.filter(pk=Service.objects.first().pk).update(deposit_kind="fixed")

    assert "anticipos" not in without.texts["es"]
    assert "anticipos" in make_notice().texts["es"]


def test_shown_notice_is_kept_once_and_stays_when_another_one_holds(tenant, change):
    shown = make_notice()
    assert [keep_shown_notice(version=shown.version, now=NOW) for _ in range(2)] == [shown.version] * 2
    Location.objects.update(address="Otra calle 9")

    current = make_notice()

    assert current.version != shown.version
    assert keep_shown_notice(version=shown.version, now=NOW) == shown.version  # its page was still open
    assert (get_notice(shown.version).texts, get_notice().version) == (dict(shown.texts), current.version)
    assert [each.version for each in list_kept(9)] == [shown.version]


def test_what_nobody_kept_is_looked_at_again(tenant):
    with pytest.raises(NoticeChanged):
        keep_shown_notice(version="0123456789abcdef", now=NOW)
    with pytest.raises(NoticeUnknown):
        get_notice("0123456789abcdef")

    assert NoticeVersion.objects.count() == 0


def test_page_without_a_version_keeps_none(tenant):
    assert keep_shown_notice(version="", now=NOW) == ""
    assert find_kept("") is None


def test_own_notice_is_named_as_such_as_long_as_there_is_one(tenant, change):
    assert change(privacy_url="https://taller.example/aviso")[1] == OWN
    with tenant_scope(replace(tenant, profile=replace(tenant.profile, privacy_url="https://taller.example/aviso"))):
        assert keep_shown_notice(version=OWN, now=NOW) == OWN
    with pytest.raises(NoticeChanged):
        keep_shown_notice(version=OWN, now=NOW)


@pytest.mark.parametrize(
    ("vertical", "country", "expected"),
    [
        ("clinic", "MX", True),
        ("clinic", "ES", True),
        ("clinic", "US", False),
        ("automotive", "MX", False),
        ("gone", "MX", False),
    ],
)
def test_health_is_agreed_to_expressly_where_the_law_says_so(change, vertical, country, expected):
    notice, _, is_express = change(vertical=vertical, country=country)

    assert is_express is expected
    assert ("consentimiento expreso" in notice.texts["es"]) is expected


def test_kept_notice_is_never_written_anew(tenant):
    keep_shown_notice(version=make_notice().version, now=NOW)
    row = NoticeVersion.objects.get()

    for act in (
        row.save,
        row.delete,
        NoticeVersion.objects.all().delete,
        lambda: NoticeVersion.objects.update(texts={}),
    ):
        with pytest.raises(TypeError):
            act()
    assert (NoticeVersion.objects.get().texts, str(row)) == (row.texts, row.version)
