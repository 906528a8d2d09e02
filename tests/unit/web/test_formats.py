from __future__ import annotations

import warnings
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from kernel.money import Price, PriceKind
from web.formats import (
    capitalize,
    describe_days,
    end_sentence,
    format_duration,
    format_phone,
    format_size,
    get_formats,
    name_time,
)

MEXICO = "America/Mexico_City"
AFTERNOON = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)
AFTER_MIDNIGHT = datetime(2026, 11, 24, 7, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "country", "time", "day", "money"),
    [
        ("es", "MX", "3:30 p.m.", "martes 24 de noviembre", "$850"),
        ("en", "MX", "3:30 PM", "Tuesday, November 24", "$850"),
        ("es", "ES", "15:30", "martes 24 de noviembre", "850 MXN"),
        ("en", "ES", "15:30", "Tuesday, 24 November", "850 MXN"),
        ("es", "AR", "3:30 p. m.", "martes 24 de noviembre", "MXN 850"),
    ],
)
def test_each_country_has_its_own_ways(language, country, time, day, money):
    formats = get_formats(language, country)

    assert formats.format_time(AFTERNOON, MEXICO).replace("\xa0", " ") == time
    assert formats.format_day(date(2026, 11, 24)) == day
    assert formats.format_money(85000, "MXN").replace("\xa0", " ") == money


def test_no_narrow_space_reaches_the_page():
    assert "\u202f" not in get_formats("en", "US").format_time(AFTERNOON, MEXICO)


def test_cents_are_shown_only_where_there_are_any():
    formats = get_formats("es", "MX")

    assert formats.format_money(85050, "MXN") == "$850.50"
    assert get_formats("es", "CL").format_money(45000, "CLP") == "$45.000"


@pytest.mark.parametrize(
    ("language", "country", "currency", "shown"),
    [
        ("es", "MX", "MXN", "$1,234.50"),
        ("en", "MX", "MXN", "$1,234.50"),
        ("en", "MX", "USD", "USD 1,234.50"),
        ("en", "CO", "COP", "$1,234.50"),
        ("es", "CO", "COP", "$1.234,50"),
        ("en", "AR", "ARS", "$1,234.50"),
        ("en", "US", "USD", "$1,234.50"),
        ("en", "PE", "PEN", "S/1,234.50"),
        ("en", "ES", "EUR", "1.234,50 €"),
        ("en", "BO", "BOB", "Bs 1,234.50"),
    ],
)
def test_money_reads_as_in_the_country(language, country, currency, shown):
    formats = get_formats(language, country)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert formats.format_money(123450, currency).replace("\xa0", " ") == shown
    assert formats.get_money_sign(currency)[0] == shown.strip("1234.,50 ")


@pytest.mark.parametrize(
    ("price", "kind", "spanish", "english"),
    [
        (Price(85000, "MXN", is_from=False), PriceKind.FIXED, "$850", "$850"),
        (Price(85000, "MXN", is_from=True), PriceKind.FROM, "desde $850", "from $850"),
        (Price(85050, "MXN", is_from=True), PriceKind.FROM, "desde $850.50", "from $850.50"),
        (Price(None, "MXN", is_from=False), PriceKind.ON_REQUEST, "por cotizar", "on request"),
        (Price(None, "MXN", is_from=True), PriceKind.ON_REQUEST, "por cotizar", "on request"),
    ],
)
def test_a_price_says_how_far_it_binds(price, kind, spanish, english):
    assert price.kind is kind
    assert [get_formats(language, "MX").format_price(price) for language in ("es", "en")] == [spanish, english]


def test_the_clock_names_its_city():
    assert get_formats("es", "MX").format_timezone(MEXICO, AFTERNOON) == "Hora de Ciudad de México (UTC−6)"
    assert get_formats("en", "MX").format_timezone("Asia/Kolkata", AFTERNOON).endswith("(UTC+5:30)")


def test_spanish_times_have_their_article():
    spanish, english = get_formats("es", "MX"), get_formats("en", "US")

    assert name_time(spanish, AFTERNOON, MEXICO) == "las 3:30\xa0p.m."
    assert name_time(spanish, AFTER_MIDNIGHT, MEXICO) == "la 1:05\xa0a.m."
    assert name_time(english, AFTERNOON, MEXICO) == "3:30\xa0PM"


def test_a_sentence_has_one_full_stop():
    assert end_sentence("a las 9:00 a.m.") == "a las 9:00 a.m."
    assert end_sentence("at 9:00") == "at 9:00."
    assert capitalize("martes de Abril") == "Martes de Abril"


@pytest.mark.parametrize(("minutes", "text"), [(45, "45 min"), (60, "1 h"), (90, "1 h 30 min"), (0, "0 min")])
def test_durations_are_short(minutes, text):
    assert format_duration(minutes).replace("\xa0", " ") == text


@pytest.mark.parametrize(
    ("size", "country", "text"),
    [
        (0, "MX", "0 B"),
        (999, "MX", "999 B"),
        (120_600, "MX", "120.6 KB"),
        (95_400_000, "ES", "95,4 MB"),
        (1_234_567_890_123, "MX", "1,234.6 GB"),
    ],
)
def test_sizes_of_files_are_short(size, country, text):
    assert format_size(get_formats("es", country), size).replace("\xa0", " ") == text


@pytest.mark.parametrize(
    ("phone", "country", "text"),
    [
        ("+525512345678", "MX", "55 1234 5678"),
        ("+525512345678", "CO", "+52 55 1234 5678"),
        ("+525512345678", None, "+52 55 1234 5678"),
        ("call me", "MX", "call me"),
    ],
)
def test_phones_are_written_as_at_home(phone, country, text):
    assert format_phone(phone, country).replace("\xa0", " ") == text


@pytest.mark.parametrize(
    ("country", "typed", "number"),
    [
        ("MX", "2,400.50", Decimal("2400.50")),
        ("MX", " 2400 ", Decimal(2400)),
        ("CO", "2.400,50", Decimal("2400.50")),
        ("CO", "2400.50", Decimal("2400.50")),
        ("CO", "2.400", Decimal(2400)),
        ("MX", "2,4", None),
        ("MX", "-5", None),
        ("MX", "1e5", None),
        ("MX", "NaN", None),
        ("MX", "٣", None),
        ("MX", "", None),
        ("MX", "9" * 5000, None),
    ],
)
def test_numbers_are_read_as_the_country_writes_them(country, typed, number):
    assert get_formats("es", country).read_number(typed) == number


@pytest.mark.parametrize(
    ("country", "currency", "sign"),
    [("MX", "MXN", ("$", True)), ("ES", "EUR", ("€", False)), ("CO", "COP", ("$", True))],
)
def test_a_currency_has_its_sign_where_the_country_puts_it(country, currency, sign):
    assert get_formats("es", country).get_money_sign(currency) == sign


@pytest.mark.parametrize(
    ("country", "language", "first", "last", "said"),
    [
        ("MX", "es", date(2026, 12, 14), date(2026, 12, 14), "14 dic 2026"),
        ("MX", "es", date(2026, 12, 14), date(2026, 12, 18), "14–18 dic 2026"),
        ("MX", "en", date(2026, 12, 14), date(2026, 12, 18), "Dec 14–18, 2026"),
        ("MX", "es", date(2026, 11, 29), date(2026, 12, 2), "29 nov – 2 dic 2026"),
        ("MX", "en", date(2026, 11, 29), date(2026, 12, 2), "Nov 29 – Dec 2, 2026"),
        ("ES", "en", date(2026, 12, 14), date(2026, 12, 18), "14–18 Dec 2026"),
        ("MX", "es", date(2026, 12, 14), date(2027, 1, 6), "14 dic 2026 – 6 ene 2027"),
        ("CL", "es", date(2026, 12, 14), date(2026, 12, 18), "14-12-2026 – 18-12-2026"),
        ("CO", "es", date(2020, 11, 20), date(2020, 12, 20), "20/11/2020 – 20/12/2020"),
    ],
)
def test_dates_in_a_row_are_said_once(country, language, first, last, said):
    assert get_formats(language, country).format_days(first, last) == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (None, None, ""),
        (date(2026, 12, 14), None, "from Dec 14, 2026 on"),
        (None, date(2026, 12, 18), "until Dec 18, 2026"),
        (date(2026, 12, 14), date(2026, 12, 18), "Dec 14–18, 2026"),
    ],
)
def test_dates_may_be_open_at_either_end(first, last, said):
    with translation.override("en"):
        assert describe_days(get_formats("en", "MX"), first, last) == said


@pytest.mark.parametrize(
    ("language", "at", "text"),
    [
        ("es", datetime(2026, 11, 24, 15, tzinfo=UTC), "martes 24 de noviembre, 9:00 a.m."),
        ("es", datetime(2027, 1, 7, 15, tzinfo=UTC), "jueves 7 de enero de 2027, 9:00 a.m."),
        ("es", datetime(2025, 11, 24, 15, tzinfo=UTC), "lunes 24 de noviembre de 2025, 9:00 a.m."),
        ("es", datetime(2027, 1, 1, 5, tzinfo=UTC), "jueves 31 de diciembre, 11:00 p.m."),
        ("en", datetime(2027, 1, 7, 15, tzinfo=UTC), "Thursday, January 7, 2027, 9:00 AM"),
    ],
)
def test_year_is_said_where_it_is_another_than_now(language, at, text):
    formats = get_formats(language, "MX")
    now = datetime(2026, 11, 26, 18, tzinfo=UTC)

    assert formats.format_date_time(at, MEXICO, now=now).replace("\xa0", " ") == text
