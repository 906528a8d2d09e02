"""What production's proxy itself says to people and programs, where there is a proxy (`shutil.which`)."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from devtools.drill.pair.proxy import PAGE, is_newer, write_caddyfile
from devtools.processes import end_child, own_environment
from devtools.servers.ports import take_port
from tests.e2e.waiting import assert_soon

CADDY = shutil.which("caddy")
LIMIT = 16_000_000
LARGE = {
    "type": "about:blank",
    "title": "body_too_large",
    "status": 413,
    "code": "body_too_large",
    "detail": "This is too large.",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """Production's proxy with nobody behind it; the drill and the guide show it with two web processes."""
    folder: Path = tmp_path_factory.mktemp("proxy")
    port = take_port()
    closed = (take_port(), take_port())
    path = write_caddyfile(
        folder, port=port, own_port=take_port(), web_ports=closed, is_newer=CADDY is not None and is_newer(CADDY)
    )
    path.write_text(path.read_text().replace("lb_try_duration 10s", "lb_try_duration 100ms"))
    command = [CADDY or "cat", "run", "--adapter", "caddyfile", "--config", str(path)]
    home = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log, env=own_environment(**home))
    if CADDY is not None:
        assert_soon(lambda: is_open(port), expected=True)
    yield f"http://127.0.0.1:{port}"
    end_child(child, signal.SIGTERM)


def is_open(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def read_text(page: str) -> list[str]:
    """Return the title, the heading and what stands below it in both languages."""
    return re.findall(r"<(?:title|h1|p)(?: lang=\"en\")?>(.*?)</", page)


def test_too_much_is_refused_in_words_and_in_our_look(address):
    if CADDY is None:  # what it would say stands in the file
        assert PAGE.read_text().count("up to 16 MB can be sent at a time") == 1
        return
    answer = httpx.post(f"{address}/b/x/photos/", content=b"0" * (LIMIT + 1))

    title, heading, text, english = read_text(answer.text)
    assert (answer.status_code, title, heading) == (413, "Es demasiado grande", "Es demasiado grande")
    assert text.startswith("Se pueden enviar hasta 16 MB a la vez, y esto era más: no se guardó.")
    assert english.startswith("This is too large: up to 16 MB can be sent at a time, and nothing of it was saved.")
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == ("text/html; charset=utf-8", "no-store")
    assert "{http." not in answer.text


def test_programs_are_refused_in_theirs(address):
    if CADDY is None:
        return
    answer = httpx.post(f"{address}/api/v1/public/bookings/", content=b"0" * (LIMIT + 1))

    assert (answer.status_code, answer.headers["Content-Type"], answer.json()) == (
        413,
        "application/problem+json",
        LARGE,
    )


@pytest.mark.parametrize("bytes_sent", [0, LIMIT - 1])
def test_whoever_sends_what_fits_waits_a_moment_when_nobody_serves(address, bytes_sent):
    if CADDY is None:
        return
    answer = httpx.post(f"{address}/sign-up/", content=b"0" * bytes_sent)

    title, heading, text, english = read_text(answer.text)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert (title, heading) == ("Un momento, por favor", "Un momento, por favor")
    assert text == "Vuelve a intentarlo en unos segundos. Lo que ya se guardó no se pierde."
    assert english == "One moment, please: try again in a few seconds. Nothing that was saved is lost."
