"""Every way to write an address that is not of the public internet: no form takes it, and no call goes there."""

from __future__ import annotations

import httpcore
import pytest

from outgoing.addresses import is_public, resolve_host
from outgoing.errors import AddressRefused, CallFailed
from outgoing.transport import Route
from outgoing.types import Limits
from outgoing.user_urls import check_typed_url, safe_fetch
from tests.fakes.web_server import redirect, running_web_server
from tests.integration.outgoing.conftest import PUBLIC

LOOPBACK = (
    "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "127.255.255.254",  # parts left out
    "2130706433", "0x7f000001", "017700000001", "0x7F.0.0.1", "0x7f.1", "0177.0.0.1", "0177.1", "127.000.000.001",
    "127。0。0。1", "127．0．0．1", "１２７.０.０.１", "①②⑦.⓪.⓪.①",  # full stops and digits of other scripts
    "127%2e0%2e0%2e1", "%31%32%37.0.0.1", "127.0.0.1%00.example",
)  # fmt: skip
NOWHERE = ("0.0.0.0", "0", "00", "0x0", "0.0.0.1")
PRIVATE = (
    "10.0.0.1", "167772161", "0xa000001", "012.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.1.1", "3232235777",
    "0xC0A80101", "0300.0250.1.1",
)  # fmt: skip
LINK_LOCAL = ("169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518")
CARRIERS = ("100.64.0.1", "100.127.255.254", "1681915905", "0x64400001")
OTHERS = (
    "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.255.255.250", "3758096385", "240.0.0.1", "255.255.255.255", "4294967295",
)  # fmt: skip
IPV6 = (
    "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[fc00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]", "[100::1]",
    "[fe80::1]", "[fe80::1%eth0]", "[fe80::1%25eth0]", "[fe80::1%251]",  # with the scope of a network card
    "[2001:db8::1]", "[2001:10::1]", "[3fff::1]", "[5f00::1]",
)  # fmt: skip
IPV4_IN_IPV6 = (
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:a9fe:a9fe]", "[::ffff:10.0.0.1]",  # mapped
    "[::127.0.0.1]", "[::7f00:1]", "[::ffff:0:127.0.0.1]",  # compatible, translated
    "[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b::10.0.0.1]", "[64:ff9b::100.64.0.1]",  # NAT64
    "[64:ff9b:1::7f00:1]", "[64:ff9b:1::a9fe:a9fe]",  # NAT64 of one's own network
    "[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[2002:a00:1::]",  # 6to4
    "[2001::1]", "[2001:0:7f00:1::]",  # Teredo
)  # fmt: skip
NAMES = ("localhost", "LOCALHOST", "localhost.", "x.localhost", "ⓛocalhost", "printer.local", "db.internal", "nas.lan")
HOSTS = (*LOOPBACK, *NOWHERE, *PRIVATE, *LINK_LOCAL, *CARRIERS, *OTHERS, *IPV6, *IPV4_IN_IPV6, *NAMES)
TRICKS = (
    "http://good.example@{inner}/", "http://good.example:80@{inner}/", "http://@{inner}/", "http://:@{inner}/",
    "http://{inner}#@good.example/", "http://{inner}?@good.example/", "http://{inner}\\@good.example/",
    "http://good.example\\@{inner}/", "http://good.example\t@{inner}/", "http://good.example%40{inner}/",
    "http://{inner}%2f@good.example/", "http://good.example⁄@{inner}/", "http://good.example\r\nHost: {inner}/",
    "http://\n{inner}/", "http:{inner}/", "http:\\\\{inner}/", "http:///{inner}/", "//{inner}/", "HTTP://{inner}/",
    "http://{inner}:80:8080/", "http://{inner}%00.good.example/",
)  # fmt: skip
BRIEF = Limits(connect_seconds=1, read_seconds=1, total_seconds=2)


@pytest.fixture
def connected(monkeypatch) -> list[str]:
    """Collect every address to which a connection is tried; only `PUBLIC` answers."""
    tried: list[str] = []
    real = httpcore.SyncBackend.connect_tcp

    def connect(backend, host: str, *rest: object):
        tried.append(host)
        if host != PUBLIC:
            raise httpcore.ConnectError
        return real(backend, host, *rest)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    return tried


@pytest.mark.parametrize("host", HOSTS)
def test_inner_address_is_taken_by_no_form_and_called_by_nobody(connected, host):
    """With the system's resolver and the real rule."""
    url = f"http://{host}:9999/"

    with pytest.raises(AddressRefused):
        check_typed_url(url)
    with pytest.raises((AddressRefused, CallFailed)):
        safe_fetch(url, limits=BRIEF)

    assert connected == []


@pytest.mark.parametrize("inner", ["127.0.0.1", "[::1]", "169.254.169.254"])
@pytest.mark.parametrize("trick", TRICKS)
def test_what_looks_like_another_host_is_no_way_in(connected, trick, inner):
    url = trick.format(inner=inner)

    with pytest.raises(AddressRefused):
        check_typed_url(url)
    with pytest.raises((AddressRefused, CallFailed)):
        safe_fetch(url, limits=BRIEF)

    assert connected == []


@pytest.mark.parametrize(
    "target", [f"http://{host}:9999/" for host in HOSTS] + [each.format(inner="127.0.0.1") for each in TRICKS]
)
def test_redirect_to_an_inner_address_is_not_followed(connected, target):
    """Written into a header as it is, in whatever bytes; what is no URL at all is a path of the first server."""

    def resolve(host: str, port: int, seconds: float) -> tuple[str, ...]:
        return (PUBLIC,) if host == "hooks.example" else resolve_host(host, port, seconds)

    route = Route(resolve=resolve, may_reach=lambda address: address == PUBLIC or is_public(address))
    with running_web_server(redirect(target), address=PUBLIC) as server:
        try:
            answer = safe_fetch(f"http://hooks.example:{server.port}/", route=route, redirects=2, limits=BRIEF)
        except (AddressRefused, CallFailed):
            answer = None

    assert set(connected) == {PUBLIC}
    assert answer is None or answer.status == 302


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fe80::1%2", "fd00::1", "ff02::1",
     "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "2002:a00:1::"],
)  # fmt: skip
def test_public_name_with_an_inner_address_is_called_by_nobody(connected, address):
    route = Route(resolve=lambda host, port, seconds: ("93.184.215.14", address))

    with pytest.raises(AddressRefused):
        safe_fetch("http://hooks.example/", route=route, limits=BRIEF)

    assert connected == []


def test_public_address_is_called_in_whatever_notation(connected):
    """The corpus proves nothing unless what is public gets through."""
    for host in ("8.8.8.8", "134744072", "0x8080808", "[2606:4700:4700::1111]", "[64:ff9b::808:808]"):
        url = str(check_typed_url(f"http://{host}/"))
        with pytest.raises(CallFailed):
            safe_fetch(url, limits=BRIEF)

    assert connected == ["8.8.8.8"] * 3 + ["2606:4700:4700::1111", "64:ff9b::808:808"]
