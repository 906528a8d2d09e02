"""Vehicles: year, plate, VIN, mileage, and how a workshop speaks."""

from __future__ import annotations

from datetime import date

import pytest

from verticals.automotive.fields import (
    LONG_WAIT,
    MILEAGE_WRONG,
    PLATE_WRONG,
    VIN_CHECK_DIGIT,
    VIN_FRAME,
    VIN_OTHER_YEAR,
    VIN_SIGNS,
    VIN_UNUSUAL,
    VIN_WRONG,
    YEAR_TOO_LATE,
)
from verticals.automotive.makes import MAKES, MODELS_BY_MAKE
from verticals.automotive.vertical import VERTICAL
from verticals.automotive.vin import compute_check_digit, tells_other_year
from verticals.contract import AssetCheck, VisitDraft
from verticals.contract.asset import NOT_A_YEAR, TOO_EARLY, TOO_LONG

TODAY = date(2026, 11, 23)
VERSA = {"make": "Nissan", "model": "Versa"}
RIGHT_VIN = "1M8GDM9AXKP042788"  # the worked example of the check digit that the trade uses


def _check(**typed: str) -> AssetCheck:
    return VERTICAL.check_asset({**VERSA, **typed}, today=TODAY, country="MX")


def test_check_asset_stores_a_whole_vehicle() -> None:
    check = VERTICAL.check_asset(
        {
            "make": " nissan ",
            "model": "Versa",
            "year": "2019",
            "plate": "nxp 482 a",
            "vin": "1m8gdm9ax kp042788",
            "mileage": "85,000 km",
        },
        today=TODAY,
        country="MX",
    )

    assert check.values == {
        "make": "Nissan",
        "model": "Versa",
        "year": "2019",
        "plate": "NXP-482-A",
        "vin": RIGHT_VIN,
        "mileage": "85000",
    }
    assert check.errors == {}
    assert check.warnings == {}


def test_check_asset_asks_for_make_and_model_only() -> None:
    check = VERTICAL.check_asset({}, today=TODAY, country="MX")

    assert check.errors == {"make": ("Enter the make.",), "model": ("Enter the model.",)}


def test_check_asset_accepts_a_make_that_is_not_suggested() -> None:
    assert _check(make="Vochomóvil").values["make"] == "Vochomóvil"


@pytest.mark.parametrize("year", ["1900", "2026", "2027"])
def test_year_goes_up_to_the_next(year: str) -> None:
    assert _check(year=year).values["year"] == year


@pytest.mark.parametrize(
    ("year", "error"),
    [("2028", YEAR_TOO_LATE), ("1899", TOO_EARLY), ("19", NOT_A_YEAR), ("20 9", NOT_A_YEAR), ("MMXX", NOT_A_YEAR)],
)
def test_year_refuses_what_cannot_be(year: str, error: str) -> None:
    check = _check(year=year)

    assert check.errors == {"year": (error,)}
    assert check.values == VERSA


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("nxp-482-a", "NXP-482-A"),
        ("  nxp  482  a ", "NXP-482-A"),
        ("AB·123·CD", "AB-123-CD"),
        ("1234bbb", "1234BBB"),
        ("ＡＢＣ－１２３－Ｄ", "ABC-123-D"),
        ("ABC\u2011123_D", "ABC-123-D"),
        ("ñandú1", "ÑANDÚ1"),
    ],
)
def test_plate_is_normalized(typed: str, stored: str) -> None:
    assert _check(plate=typed).values["plate"] == stored


@pytest.mark.parametrize(
    ("typed", "error"),
    [("---", PLATE_WRONG), ("<b>", PLATE_WRONG), ("😀", PLATE_WRONG), ("A" * 10_000, TOO_LONG)],
    ids=["hyphens", "markup", "emoji", "endless"],
)
def test_plate_refuses_what_is_none(typed: str, error: str) -> None:
    assert _check(plate=typed).errors == {"plate": (error,)}


@pytest.mark.parametrize(
    ("vin", "digit"),
    [
        (RIGHT_VIN, "X"),
        ("11111111111111111", "1"),
        ("5YJSA1DG9DFP14705", "9"),
        ("1HGCM82633A004352", "3"),
    ],
)
def test_compute_check_digit_of_known_vins(vin: str, digit: str) -> None:
    assert compute_check_digit(vin) == digit


def test_vin_with_a_wrong_check_digit_is_only_a_warning() -> None:
    check = _check(vin="1M8GDM9A1KP042788")

    assert check.values["vin"] == "1M8GDM9A1KP042788"
    assert check.errors == {}
    assert check.warnings == {"vin": (VIN_CHECK_DIGIT,)}


@pytest.mark.parametrize(
    "vin", ["1M8GDM9AXKP04278", "1M8GDM9AXKP0427888", "ÑM8GDM9AXKP042788", "1M8GDM9AXKP04278#", "AB1"]
)
def test_vin_refuses_wrong_length_and_signs(vin: str) -> None:
    check = _check(vin=vin)

    assert check.errors == {"vin": (VIN_WRONG,)}
    assert check.warnings == {}


@pytest.mark.parametrize(
    ("vin", "signs"),
    [
        ("IM8GDM9AXKP042788", "I"),
        ("1M8GDM9AXKPO42788", "O"),
        ("1m8gdm9axkpq42788", "Q"),
        ("IM8GDM9AXKPO42788", "IO"),
    ],
)
def test_vin_names_the_letters_that_none_has(vin: str, signs: str) -> None:
    check = _check(vin=vin)

    assert check.errors == {"vin": tuple(VIN_SIGNS[sign] for sign in signs)}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("NCP81-5000001", "NCP81-5000001"),
        ("ncp81 - 5000001", "NCP81-5000001"),
        ("NCP815000001", "NCP815000001"),
        ("ＮＣＰ８１－５０００００１", "NCP81-5000001"),
        ("*GC8–012345*", "GC8-012345"),
        ("DBA-ZVW30-1234567", "DBAZVW30-1234567"),
        ("JB23W-123456", "JB23W-123456"),
    ],
)
def test_a_japanese_frame_number_passes_with_a_warning(typed: str, stored: str) -> None:
    check = _check(vin=typed, year="2006")

    assert check.values["vin"] == stored
    assert (check.errors, check.warnings) == ({}, {"vin": (VIN_FRAME,)})


@pytest.mark.parametrize("year", ["2006", ""])
def test_other_numbers_of_a_vehicle_pass_with_a_warning(year: str) -> None:
    check = _check(vin="8AP-113 2456", year=year)

    assert check.values["vin"] == "8AP1132456"
    assert (check.errors, check.warnings) == ({}, {"vin": (VIN_UNUSUAL,)})


def test_only_north_american_vins_have_a_check_digit() -> None:
    assert _check(vin="WVWZZZ1JZXW000001").warnings == {}
    assert _check(vin="9BWZZZ377VT004251").warnings == {}


def test_vin_of_an_old_vehicle_may_have_any_length() -> None:
    check = _check(vin="113 2456 789", year="1974")

    assert check.values["vin"] == "1132456789"
    assert check.errors == {}
    assert check.warnings == {"vin": (VIN_UNUSUAL,)}


@pytest.mark.parametrize(("year", "is_other"), [(1989, False), (2019, False), (2018, True), (2020, True)])
def test_tells_other_year_reads_position_ten(year: int, is_other: bool) -> None:
    assert tells_other_year(RIGHT_VIN, year) is is_other


def test_vin_of_another_year_is_a_warning() -> None:
    assert _check(vin=RIGHT_VIN, year="2015").warnings == {"vin": (VIN_OTHER_YEAR,)}


def test_vin_from_elsewhere_says_nothing_about_the_year() -> None:
    # A Volkswagen of 1999 from Germany: makers there may fill position 9 with Z and 10 as they like.
    assert tells_other_year("WVWZZZ1JZXW000001", 2010) is False


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("85000", "85000"), ("85,000 km", "85000"), ("85.000", "85000"), ("85 000 KM", "85000"), ("0", "0")],
)
def test_mileage_reads_what_people_write(typed: str, stored: str) -> None:
    assert _check(mileage=typed).values["mileage"] == stored


@pytest.mark.parametrize("typed", ["-5", "85,00", "muchos", "1e5", "8.5000"])
def test_mileage_refuses_what_is_no_number(typed: str) -> None:
    assert _check(mileage=typed).errors == {"mileage": (MILEAGE_WRONG,)}


def test_mileage_refuses_more_than_any_car_has_run() -> None:
    assert _check(mileage="99999999").errors == {"mileage": (TOO_LONG,)}


@pytest.mark.parametrize(
    ("country", "label"), [("MX", "Placa"), ("AR", "Patente"), ("CL", "Patente"), ("ES", "Matrícula"), ("", "Placa")]
)
def test_plate_is_called_what_the_country_calls_it(country: str, label: str) -> None:
    assert VERTICAL.asset is not None
    plate = next(each for each in VERTICAL.asset.fields if each.key == "plate")

    assert VERTICAL.label_field(plate, language="es", country=country) == label
    assert VERTICAL.label_field(plate, language="en", country=country) == "License plate"


def test_say_speaks_as_the_country_does() -> None:
    said = {
        tag: VERTICAL.say("question.service", language=tag[:2], country=tag[3:])
        for tag in ("es-MX", "es-ES", "en-US", "fr-FR")
    }

    assert said == {
        "es-MX": "¿Qué necesita tu auto?",
        "es-ES": "¿Qué necesita tu coche?",
        "en-US": "What does your car need?",
        "fr-FR": "What does your car need?",
    }


def test_list_words_is_complete_in_every_country() -> None:
    english = set(VERTICAL.list_words(language="en"))

    assert VERTICAL.list_words(language="es", country="ES")["asset"] == "coche"
    assert english <= set(VERTICAL.list_words(language="es", country="ES"))


def test_vehicle_is_named_by_what_is_known() -> None:
    assert VERTICAL.asset is not None

    assert VERTICAL.asset.label({**VERSA, "year": "2019", "plate": "NXP-482-A"}) == "Nissan Versa 2019"
    assert VERTICAL.asset.label(VERSA) == "Nissan Versa"
    assert VERTICAL.asset.identifier({"vin": RIGHT_VIN}) == RIGHT_VIN
    assert VERTICAL.asset.identifier({**VERSA}) == ""


def test_check_visit_warns_those_who_would_wait_long() -> None:
    waits = VisitDraft(duration_minutes=180, arrival_mode="wait", asset={}, answers={})
    leaves = VisitDraft(duration_minutes=180, arrival_mode="drop_off", asset={}, answers={})
    is_short = VisitDraft(duration_minutes=120, arrival_mode="wait", asset={}, answers={})

    assert VERTICAL.check_visit(waits) == {"arrival_mode": (LONG_WAIT,)}
    assert [VERTICAL.check_visit(leaves), VERTICAL.check_visit(is_short)] == [{}, {}]


def test_makes_are_sorted_and_have_models() -> None:
    assert len(MAKES) >= 40
    assert list(MAKES) == sorted(MAKES, key=lambda make: make.casefold().replace("š", "s"))
    for models in MODELS_BY_MAKE.values():
        assert list(models) == sorted(set(models), key=str.casefold)
        assert models[0].strip()


def test_kit_offers_the_workshops_usual_jobs() -> None:
    offered = {
        service.name["es"]: (service.duration_minutes, service.prices.get("MXN"))
        for service in VERTICAL.starter_kit.services[:5]
    }

    assert offered == {
        "Cambio de aceite y filtro": (45, 85_000),
        "Frenos delanteros": (90, 149_000),
        "Frenos en las cuatro ruedas": (150, 269_000),
        "Afinación mayor": (180, 239_000),
        "No sé qué tiene: diagnóstico": (60, 45_000),
    }
