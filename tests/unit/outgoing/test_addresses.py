from __future__ import annotations

import socket
import threading

import pytest

from outgoing.addresses import is_public, resolve_host


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "93.184.215.14", "223.255.255.255", "2606:4700:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8",
     "64:ff9b::808:808"],
)  # fmt: skip
def test_public_address(address):
    assert is_public(address) is True


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::7f00:1",
        "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1",
        "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
        "", "localhost", "1.2.3", "999.1.1.1",
    ],
)  # fmt: skip
def test_address_that_is_not_public(address):
    assert is_public(address) is False


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1"])
def test_every_spelling_of_an_address_is_the_address(host):
    assert resolve_host(host, 80, 5) == ("127.0.0.1",)


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "x..y"])
def test_impossible_name_is_an_error_like_an_unknown_one(host):
    with pytest.raises(OSError, match="label"):
        resolve_host(host, 80, 5)


def test_unknown_name_is_the_systems_error(monkeypatch):
    def find_nothing(*_: object, **__: object):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", find_nothing)

    with pytest.raises(socket.gaierror):
        resolve_host("nobody.example", 80, 5)


def test_resolver_that_hangs_is_left_behind(monkeypatch):
    release = threading.Event()

    def hang(*_: object, **__: object):
        release.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)

    with pytest.raises(TimeoutError, match=r"looking up slow\.example timed out"):
        resolve_host("slow.example", 80, 0.05)

    release.set()
