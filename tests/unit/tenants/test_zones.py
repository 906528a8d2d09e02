"""Which zones a country has, and which one a browser means."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

import pytest

from tenants.zones import find_country, find_zone, list_other_names, list_zones_by_country


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("America/Mexico_City", "America/Mexico_City"),
        ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),  # as Chrome still says
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("US/Central", "America/Chicago"),
        ("America/Godthab", "America/Nuuk"),
        ("Mexico/BajaNorte", "America/Tijuana"),
        # IANA links these two to other countries, where clocks merely show the same.
        ("Africa/Asmera", "Africa/Asmara"),
        ("America/Coral_Harbour", "America/Atikokan"),
        ("UTC", None),
        ("Etc/GMT+6", None),
        ("America/Atlantis", None),
        ("", None),
        ("america/mexico_city", None),
    ],
)
def test_zone_of_a_browser(name, zone):
    assert find_zone(name) == zone


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("America/Mexico_City", "MX"),
        ("America/Cancun", "MX"),
        ("America/Denver", "US"),
        ("Atlantic/Canary", "ES"),
        ("Pacific/Easter", "CL"),
        ("America/Buenos_Aires", None),
        ("../etc/passwd", None),
    ],
)
def test_country_of_a_zone(zone, country):
    assert find_country(zone) == country


def test_every_zone_is_known_here_and_has_one_country():
    zones = [zone for each in list_zones_by_country().values() for zone in each]

    assert len(zones) == len(set(zones)) > 400
    assert [zone for zone in zones if ZoneInfo(zone).key != zone] == []


def test_country_with_several_zones_begins_with_the_one_of_most_people():
    zones = list_zones_by_country()

    assert (zones["MX"][0], zones["US"][0], zones["ES"]) == (
        "America/Mexico_City", "America/New_York", ("Europe/Madrid", "Africa/Ceuta", "Atlantic/Canary"),
    )  # fmt: skip


def test_hardly_any_name_of_a_system_is_left_over():
    """Whatever a browser is set to, its place is found: only names of no place are not."""
    unknown = {name for name in available_timezones() if find_zone(name) is None}

    assert {
        name for name in unknown if name.startswith(("America/", "Europe/", "Asia/", "Africa/", "Australia/"))
    } == set()
    assert "UTC" in unknown


def test_other_names_lead_to_one_zone_each():
    names = [name for each in list_other_names().values() for name in each]

    assert len(names) == len(set(names)) > 100
