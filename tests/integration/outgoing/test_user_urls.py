"""A URL that a user typed reaches the outside only, whatever names, numbers and redirects say."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from outgoing.errors import AddressRefused, CallFailed
from outgoing.transport import Route
from outgoing.types import Limits
from outgoing.user_urls import LONGEST_URL, check_url, safe_fetch
from tests.fakes.web_server import OK, redirect, running_web_server, say
from tests.integration.outgoing.conftest import PUBLIC

outside = partial(running_web_server, address=PUBLIC)


def test_public_name_is_asked_at_its_address(names, route, caplog):
    with outside() as server:
        names.known["hooks.example"] = [(PUBLIC,)]
        url = f"http://hooks.example:{server.port}/path"

        answer = safe_fetch(url, route=route(), headers={"X-Key": "1"})

    assert (answer.status, answer.body, answer.url) == (200, b"ok", url)
    assert [record.message for record in caplog.records] == []  # a URL may be a secret
    assert f"host: hooks.example:{server.port}" in server.heads[0].lower()


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
     "0.0.0.0", "127.0.0.1."],
)  # fmt: skip
def test_our_own_machine_is_never_asked(host):
    """With the real resolver and the real rule: a server listens there, and nobody comes."""
    with running_web_server() as server:
        with pytest.raises((AddressRefused, CallFailed)) as raised:
            safe_fetch(f"http://{host}:{server.port}/")

        assert server.connections == 0
    # Whether a trailing dot is an address is the resolver's business; that nobody came is ours.
    assert isinstance(raised.value, AddressRefused) or host.endswith(".")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "169.254.169.254", "fe80::1", "ff02::1", "240.0.0.1"],
)
def test_name_of_an_inner_address_is_refused(names, address):
    names.known["inner.example"] = [(address,)]
    with running_web_server() as server:
        with pytest.raises(AddressRefused) as raised:
            safe_fetch(f"http://inner.example:{server.port}/", route=Route(resolve=names))

        assert server.connections == 0
    assert raised.value.reason == f"inner.example leads to {address}, which is not public"


def test_name_with_one_inner_address_among_others_is_refused(names, route):
    with outside() as server, running_web_server() as inner:
        names.known["both.example"] = [(PUBLIC, "127.0.0.1")]

        with pytest.raises(AddressRefused):
            safe_fetch(f"http://both.example:{server.port}/", route=route())

        assert (server.connections, inner.connections) == (0, 0)


def test_name_that_changes_its_address_is_asked_where_it_was_checked(names, route):
    """DNS rebinding: the second look-up would lead inside, so there is none."""
    with outside() as server, running_web_server(port=server.port) as inner:
        names.known["rebind.example"] = [(PUBLIC,), ("127.0.0.1",)]

        safe_fetch(f"http://rebind.example:{server.port}/", route=route())

        assert (server.connections, inner.connections, names.asked) == (1, 0, ["rebind.example"])


def test_redirects_are_returned_unless_asked_for(names, route):
    with outside() as last, outside(redirect(f"http://{PUBLIC}:{last.port}/")) as first:
        names.known[PUBLIC] = [(PUBLIC,)]
        answer = safe_fetch(f"http://{PUBLIC}:{first.port}/", route=route())

        assert (answer.status, last.connections) == (302, 0)


@pytest.mark.parametrize("target", ["/second", "second", "?x=1"])
def test_redirects_are_followed_as_far_as_asked(names, route, target):
    names.known["hooks.example"] = [(PUBLIC,)]
    with outside(redirect(target, 307)) as server:
        answer = safe_fetch(f"http://hooks.example:{server.port}/", route=route(), redirects=2)

    assert (answer.status, server.connections) == (307, 3)


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:{port}/", "http://inner.example:{port}/", "//localhost:{port}/", "http://[::1]:{port}/"],
)
def test_redirect_inside_is_refused(names, route, target):
    names.known |= {"hooks.example": [(PUBLIC,)], "inner.example": [("127.0.0.1",)]}
    names.known |= {
        host: [(address,)] for host, address in (("127.0.0.1",) * 2, ("localhost", "127.0.0.1"), ("::1",) * 2)
    }
    with running_web_server() as inner, outside(redirect(target.format(port=inner.port))) as server:
        with pytest.raises(AddressRefused):
            safe_fetch(f"http://hooks.example:{server.port}/", route=route(), redirects=3)

        assert (server.connections, inner.connections) == (1, 0)


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "gopher://x/", "http://u:p@hooks.example/", "http://hooks.example:22/"]
)
def test_redirect_to_something_else_than_the_web_is_refused(names, route, target):
    names.known["hooks.example"] = [(PUBLIC,)]
    with outside(redirect(target)) as server, pytest.raises(AddressRefused):
        safe_fetch(f"http://hooks.example:{server.port}/", route=route(), redirects=3)


def test_malformed_redirect_is_a_failure_of_theirs(names, route):
    names.known["hooks.example"] = [(PUBLIC,)]
    with outside(redirect("http://[::1")) as server, pytest.raises(CallFailed) as raised:
        safe_fetch(f"http://hooks.example:{server.port}/", route=route(), redirects=3)

    assert (raised.value.status, "location header" in raised.value.reason) == (None, True)


def test_headers_stay_with_their_origin(names, route):
    names.known |= {"one.example": [(PUBLIC,)], "two.example": [(PUBLIC,)]}
    with outside() as other, outside(redirect(f"http://two.example:{other.port}/")) as first:
        safe_fetch(f"http://one.example:{first.port}/", route=route(), redirects=1, headers={"X-Key": "secret"})

    assert ["x-key" in server.heads[0].lower() for server in (first, other)] == [True, False]


def test_what_is_posted_is_not_posted_elsewhere(names, route):
    names.known["hooks.example"] = [(PUBLIC,)]
    with outside(redirect("/other", 307)) as server:
        answer = safe_fetch(
            f"http://hooks.example:{server.port}/", method="POST", content=b"{}", route=route(), redirects=3
        )

    assert (answer.status, server.bodies) == (307, [b"{}"])


def test_unknown_name_is_a_failure(names, route):
    with pytest.raises(CallFailed) as raised:
        safe_fetch("http://nobody.example/", route=route())

    assert raised.value.reason == "ConnectError: nobody.example is unknown"


def test_name_without_an_address_is_a_failure(names, route):
    names.known["empty.example"] = [()]

    with pytest.raises(CallFailed) as raised:
        safe_fetch("http://empty.example/", route=route())

    assert raised.value.reason == "ConnectError: empty.example has no address"


def test_second_address_is_tried_when_the_first_is_closed(names, route):
    names.known["two.example"] = [("127.0.0.3", PUBLIC)]
    with outside() as server:
        answer = safe_fetch(
            f"http://two.example:{server.port}/", route=route(may_reach=lambda address: address != "127.0.0.1")
        )

    assert answer.status == 200


def test_redirects_share_one_deadline(names, route):
    names.known["hooks.example"] = [(PUBLIC,)]
    with outside(redirect("/again")) as server, pytest.raises(CallFailed) as raised:
        safe_fetch(
            f"http://hooks.example:{server.port}/", route=route(), redirects=10**6, limits=Limits(total_seconds=0.3)
        )

    assert "timed out" in raised.value.reason


@pytest.mark.parametrize(
    "url",
    ["", "hooks.example/x", "ftp://hooks.example/", "javascript:alert(1)", "http:///x", "http://u@hooks.example/",
     "https://u:p@hooks.example/", "http://hooks.example:25/", "http://hooks.example:0/", "http://a b/", "http://\x00/",
     "http://[::1", "http://a%00b/", "http://hooks.example/" + "x" * LONGEST_URL, "http://hooks.example:99999/"],
)  # fmt: skip
def test_form_of_a_url(url):
    with pytest.raises(AddressRefused):
        check_url(url)


@pytest.mark.parametrize(
    "url", ["https://hooks.example/a?b=c", "http://hooks.example:8080/", " https://ñandú.example/ ", "https://8.8.8.8/"]
)
def test_form_of_a_good_url(url):
    assert str(check_url(url)).startswith("http")


def make_certificate(folder, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what a server of ``name`` shows and what a client trusts it with."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(tz=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ip_address("10.9.9.9"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(secret)
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return shown, ssl.create_default_context(cafile=str(folder / "cert.pem"))


def test_pinned_address_still_proves_its_name(names, route, tmp_path):
    shown, trusted = make_certificate(tmp_path, "hooks.example")
    names.known |= {"hooks.example": [(PUBLIC,)], "other.example": [(PUBLIC,)]}
    with outside(say(OK), tls=shown) as server:
        answer = safe_fetch(f"https://hooks.example:{server.port}/", route=route(tls=trusted))
        with pytest.raises(CallFailed) as wrong_name:
            safe_fetch(f"https://other.example:{server.port}/", route=route(tls=trusted))
        with pytest.raises(CallFailed) as unknown_authority:
            safe_fetch(f"https://hooks.example:{server.port}/", route=route())

    assert (answer.status, len(server.heads)) == (200, 1)
    reasons = [wrong_name.value.reason, unknown_authority.value.reason]
    assert ["CERTIFICATE_VERIFY_FAILED" in reason for reason in reasons] == [True, True]


def test_redirect_from_https_to_http_is_refused(names, route, tmp_path):
    shown, trusted = make_certificate(tmp_path, "hooks.example")
    names.known["hooks.example"] = [(PUBLIC,)]
    with outside() as plain:
        target = f"http://hooks.example:{plain.port}/"
        with outside(redirect(target), tls=shown) as server, pytest.raises(AddressRefused):
            safe_fetch(f"https://hooks.example:{server.port}/", route=route(tls=trusted), redirects=1)

        assert plain.connections == 0
