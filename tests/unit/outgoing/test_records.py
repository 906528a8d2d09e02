"""Asking name servers: over a real socket, with answers that real ones give."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from config.settings.domains import read_servers
from outgoing import records
from outgoing.errors import CallFailed
from outgoing.records import Trail, follow, list_texts
from tests.fakes.name_server import serve_names


@pytest.fixture
def names(settings, monkeypatch):
    monkeypatch.setattr(records, "SERVER_SECONDS", 0.2)
    monkeypatch.setattr(records, "LOOK_SECONDS", 0.4)
    with serve_names() as server:
        settings.DNS_SERVERS = (server.address,)
        yield server


def test_texts_of_a_name(names):
    names.write("_turnero.taller.mx", "TXT", "turnero-verificar=abc", "other")

    assert sorted(list_texts("_turnero.taller.mx")) == ["other", "turnero-verificar=abc"]


def test_name_without_texts_and_name_that_does_not_exist_have_none(names):
    names.write("taller.mx", "A", "192.0.2.7")

    assert (list_texts("taller.mx"), list_texts("nobody.mx")) == ((), ())


def test_trail_has_every_step_and_the_addresses_at_its_end(names):
    names.write("citas.taller.mx", "CNAME", "Shop.Host.example")
    names.write("Shop.Host.example", "A", "192.0.2.7", "192.0.2.8")
    names.write("Shop.Host.example", "AAAA", "2001:db8::7")

    assert follow("citas.taller.mx") == Trail(
        ("citas.taller.mx", "shop.host.example"), frozenset({"192.0.2.7", "192.0.2.8", "2001:db8::7"})
    )


def test_name_with_addresses_alone(names):
    names.write("taller.mx", "A", "192.0.2.7")

    assert follow("taller.mx") == Trail(("taller.mx",), frozenset({"192.0.2.7"}))


def test_name_that_stands_for_nobody_says_for_whom(names):
    names.write("citas.taller.mx", "CNAME", "gone.example")

    assert follow("citas.taller.mx") == Trail(("citas.taller.mx", "gone.example"), frozenset())


def test_name_that_does_not_exist_leads_nowhere(names):
    assert follow("nobody.mx") == Trail(("nobody.mx",), frozenset())


def test_server_that_fails_says_nothing(names):
    names.failing.add("taller.mx")

    for ask in (list_texts, follow):
        with pytest.raises(CallFailed) as failed:
            ask("taller.mx")
        assert "NoNameservers" in failed.value.reason


def test_server_that_is_silent_is_left_alone_after_a_while(names):
    names.is_silent = True

    with pytest.raises(CallFailed, match="did not answer"):
        list_texts("taller.mx")


def test_second_server_is_asked_where_the_first_is_away(names, settings):
    names.write("taller.mx", "A", "192.0.2.7")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings.DNS_SERVERS = (nobody.getsockname(), names.address)

        assert follow("taller.mx").addresses == {"192.0.2.7"}


def test_machines_own_servers_where_none_are_set(settings):
    settings.DNS_SERVERS = ()
    lines = Path("/etc/resolv.conf").read_text(encoding="utf-8").splitlines()
    own = [words[1] for line in lines if (words := line.split())[:1] == ["nameserver"]]

    assert list(map(str, records._make_resolver().nameservers)) == (own or ["127.0.0.1"])


@pytest.mark.parametrize(
    ("text", "servers"),
    [
        ("", ()),
        ("9.9.9.9", (("9.9.9.9", 53),)),
        ("9.9.9.9:5353, 149.112.112.112", (("9.9.9.9", 5353), ("149.112.112.112", 53))),
        ("2620:fe::fe", (("2620:fe::fe", 53),)),
        ("[2620:fe::fe]:5353,[2620:fe::9]", (("2620:fe::fe", 5353), ("2620:fe::9", 53))),
    ],
)
def test_servers_as_the_environment_names_them(text, servers):
    assert read_servers(text) == servers
