"""A profile is a name or an address at its own network; nothing else leads away from a page under that name."""

from __future__ import annotations

import pytest

from kernel.identity.profiles import clean_profile, show_profile

LONG = "https://instagram.com/" + "x" * 31


@pytest.mark.parametrize(
    ("network", "typed", "link"),
    [
        ("instagram", "@Taller.Morales", "https://instagram.com/taller.morales"),
        ("instagram", " tallermorales ", "https://instagram.com/tallermorales"),
        ("instagram", "@salon.mx", "https://instagram.com/salon.mx"),
        ("instagram", "https://www.instagram.com/TallerMorales/?igsh=MXg%3D", "https://instagram.com/tallermorales"),
        ("instagram", "http://instagram.com/x", "https://instagram.com/x"),
        ("instagram", "instagram.com/x", "https://instagram.com/x"),
        ("instagram", "HTTPS://INSTAGRAM.COM/x", "https://instagram.com/x"),
        ("instagram", "https://instagr.am/x", "https://instagram.com/x"),
        ("instagram", "https://instagram.com/p/C1/", "https://instagram.com/p/C1/"),
        ("instagram", "＠taller\u200b", "https://instagram.com/taller"),
        ("facebook", "TallerMorales", "https://facebook.com/tallermorales"),
        ("facebook", "https://m.facebook.com/Taller-Morales-10/", "https://facebook.com/taller-morales-10"),
        ("facebook", "https://fb.com/taller", "https://facebook.com/taller"),
        ("facebook", "https://fb.me/Abc", "https://fb.me/Abc"),
        ("facebook", "https://es-la.facebook.com/profile.php?id=100", "https://es-la.facebook.com/profile.php?id=100"),
        ("facebook", "https://facebook.com/share/AbC/", "https://facebook.com/share/AbC/"),
        ("tiktok", "taller", "https://tiktok.com/@taller"),
        ("tiktok", "https://www.tiktok.com/@Taller?lang=es", "https://tiktok.com/@taller"),
        ("tiktok", "https://vm.tiktok.com/ZM1/", "https://vm.tiktok.com/ZM1/"),
        ("tiktok", "https://tiktok.com/taller", "https://tiktok.com/taller"),
    ],
)
def test_names_and_addresses_become_the_address_of_the_profile(network, typed, link):
    assert clean_profile(network, typed) == link


@pytest.mark.parametrize("network", ["instagram", "facebook", "tiktok"])
@pytest.mark.parametrize(
    "typed",
    [
        "https://evil.com/x",
        "evil.com",
        "www.evil.com",
        "evil.com/{own}/x",
        "https://{own}.evil.com/x",
        "https://evil{own}/x",
        "https://{own}@evil.com/x",
        "https://evil.com#{own}/x",
        "https://evil.com\\@{own}/x",
        "https://l.{own}/?u=https://evil.com",
        "https://www.{own}/l.php?u=https://evil.com",
        "https://{own}:8443/x",
        "https://{own}",
        "https://{own}/",
        "{own}",
        "ftp://{own}/x",
        "javascript:alert(1)",
        "data:text/html,<script>",
        "//{own}/x",
        "@",
        "@uno @dos",
        "@a/b",
        "taller morales",
        "@ñandú",
        "@" + "x" * 90,
        "",
    ],
)
def test_what_leads_elsewhere_is_no_profile(network, typed):
    assert clean_profile(network, typed.replace("{own}", f"{network}.com")) is None


@pytest.mark.parametrize(
    ("network", "link", "shown"),
    [
        ("instagram", "https://instagram.com/taller.morales", "@taller.morales"),
        ("instagram", "https://instagram.com/p/C1/", "https://instagram.com/p/C1/"),
        ("instagram", "https://instagram.com/reels", "https://instagram.com/reels"),
        ("tiktok", "https://tiktok.com/@taller", "@taller"),
        ("facebook", "https://evil.com/x", "https://evil.com/x"),
        ("facebook", "", ""),
        ("instagram", LONG, LONG),
    ],
)
def test_profile_is_shown_by_its_name(network, link, shown):
    assert show_profile(network, link) == shown


@pytest.mark.parametrize("network", ["instagram", "facebook", "tiktok"])
def test_what_is_shown_means_the_same_when_it_is_typed(network):
    link = clean_profile(network, "@taller.morales")

    assert clean_profile(network, show_profile(network, link)) == link
