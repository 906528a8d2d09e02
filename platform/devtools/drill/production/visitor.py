"""``python -m devtools.drill.production.visitor HOST AUTHORITY MAILS NOTE``: signs up, books, and looks at the answers.

Run with the network of the drill's machine. With a NOTE that an earlier visit left it only looks
whether that booking is still there.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

from devtools.drill.production.browser import OWN_PORT, WEB_PORT, Browser, ask_plainly

SLUG, PASSWORD = "salon-de-prueba", "una-contraseña-de-ensayo-7"
OWNER, CUSTOMER = "duena@correo.example", "laura@correo.example"
PATIENCE_SECONDS, AT_ONCE_SECONDS = 60.0, 5.0
ONCE = (
    "Strict-Transport-Security", "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options",
    "Referrer-Policy", "Cross-Origin-Opener-Policy",
)  # fmt: skip
"""Security headers: there, and once."""

COUNTED = (
    r'^turnero_bookings_total\{outcome="done",step="book",unit="web-[12]"\} [1-9]',
    r'^turnero_messages_total\{channel="email",outcome="sent",unit="worker-[12]"\} [1-9]',
    *(f'^turnero_.*unit="{unit}"' for unit in ("web-1", "web-2", "worker-1", "worker-2")),
)
"""Lines of /metrics once somebody has booked and was told."""

Found = tuple[str, bool, str]
T = TypeVar("T")


class Visit:
    """Everything that somebody at the platform's address can do and see."""

    def __init__(self, host: str, authority: Path, mail_port: int) -> None:
        self.host = host
        self.tenant = f"{SLUG}.{host}"
        self.browser = Browser(authority)
        self._mail_port = mail_port

    def sign_up(self) -> Iterator[Found]:
        """Make a business by the pages and the mail that a person would use."""
        page = self.browser.get(self.host, "/sign-up/")
        form = {
            "business_name": "Salón de prueba", "slug": SLUG, "vertical": "salon", "timezone": "America/Mexico_City",
            "address": "Calle 1, Ciudad de México", "phone": "55 1234 5678",
            "owner_name": "Ana Ruiz", "email": OWNER, "password": PASSWORD,
            "terms": "on", "terms_shown": page.find(r'name="terms_shown" value="([^"]+)"'),
        }  # fmt: skip
        sent = self.browser.post_form(self.host, "/sign-up/", **form)
        yield "sign-up takes the form", sent.status == HTTPStatus.FOUND, f"status {sent.status}"
        mail = _wait_for(lambda: self._find_mail(OWNER, f"https://{self.host}/sign-up/verify/"), "the sign-up's mail")
        path = mail.split(self.host, 1)[1].split()[0]
        confirmed = self.browser.post_form(self.host, path, slug=SLUG)
        progress = confirmed.headers.get("Location", "")
        state = _wait_for(lambda: self._read_progress(progress), "the new business")
        yield "the business stands", state == "done", state

    def publish(self) -> Iterator[Found]:
        """Publish the new business's page as its owner."""
        soon = self.browser.get(self.tenant, "/api/v1/services")
        yield "a new page is a draft", soon.status == HTTPStatus.FORBIDDEN, f"status {soon.status}"
        signed_in = self.browser.post_form(self.tenant, "/accounts/login/", login=OWNER, password=PASSWORD)
        yield "the owner signs in", signed_in.status == HTTPStatus.FOUND, f"status {signed_in.status}"
        published = self.browser.post_form(self.tenant, "/workspace/page/", to="/workspace/page/publish/")
        yield "the owner publishes the page", published.status == HTTPStatus.FOUND, f"status {published.status}"

    def book(self) -> Iterator[Found]:
        """Book the first free time by the API and wait for the customer's mail."""
        services = self.browser.get(self.tenant, "/api/v1/services").json()["results"]
        service = services[0]["id"]
        today = date.today()  # noqa: DTZ011 - a date to look from, not an instant
        days = f"service={service}&from={today + timedelta(days=1)}&to={today + timedelta(days=14)}"
        offered = self.browser.get(self.tenant, f"/api/v1/availability?{days}").json()
        starts_at = next(slot["starts_at"] for day in offered["days"] for slot in day["slots"])
        customer = {"name": "Laura Jiménez", "email": CUSTOMER, "locale": "es"}
        body = {"service": service, "starts_at": starts_at, "customer": customer}
        booked = self.browser.post_json(self.tenant, "/api/v1/bookings", body)
        yield "a visit is booked over TLS", booked.status == HTTPStatus.CREATED, booked.text[:200]
        self.manage_path = booked.json()["manage_url"].split(self.tenant, 1)[1]
        yield "its link is https", booked.json()["manage_url"].startswith(f"https://{self.tenant}/"), ""
        mail = _wait_for(lambda: self._find_mail(CUSTOMER, self.manage_path), "the customer's mail")
        yield "the customer is told by mail", self.manage_path in mail, ""

    def look_at_booking(self, manage_path: str) -> Iterator[Found]:
        """Open the customer's page of a booking."""
        page = self.browser.get(self.tenant, manage_path)
        yield "the booking is there", page.status == HTTPStatus.OK and "Laura" in page.text, f"status {page.status}"

    def look_at_board(self) -> Iterator[Found]:
        """Listen to the board's events as the owner."""
        names = set(self.browser.cookies[self.tenant])
        yield "cookies are bound to the host", {"__Host-session", "__Host-csrf"} <= names, ", ".join(sorted(names))
        began_at = time.monotonic()
        lines = self.browser.listen(self.tenant, "/workspace/live/", 3)
        seconds = time.monotonic() - began_at
        yield "events arrive at once", "ready" in lines[2] and seconds < AT_ONCE_SECONDS, f"{seconds:.2f} s {lines}"

    def look_at_answers(self) -> Iterator[Found]:
        """Look at compression, headers, redirects and health."""
        page = self.browser.get(self.host, "/")
        yield "pages are compressed", page.headers.get("Content-Encoding") == "gzip", ""
        counts = {name: len(page.headers.get_all(name) or ()) for name in ONCE}
        yield "security headers are there once", set(counts.values()) == {1}, str(counts)
        yield "no server tells its name", page.headers.get("Server") is None, str(page.headers.get("Server"))
        path = page.find(r'href="(/static/css/[^"]+\.css)"')
        style = self.browser.get(self.host, path)
        told = f"{path}: {style.status}, {style.headers.get('Content-Encoding')}, {style.headers.get('Cache-Control')}"
        is_kept = "immutable" in style.headers.get("Cache-Control", "")
        is_packed = style.headers.get("Content-Encoding") == "gzip"
        yield (
            "static files are served compressed and kept",
            style.status == HTTPStatus.OK and is_packed and is_kept,
            told,
        )
        plain = ask_plainly(80, self.tenant, "/")
        location = plain.headers.get("Location", "")
        yield "plain HTTP leads to https", location.startswith(f"https://{self.tenant}"), f"{plain.status} {location}"
        for path in ("/healthz", "/readyz"):
            for host in ("127.0.0.1:8000", "10.0.0.7", "nobody.example"):
                health = ask_plainly(WEB_PORT, host, path)
                told = f"{health.status} {health.text}"
                yield f"{path} answers by address for {host}", health.status == HTTPStatus.OK, told
        for path in ("/readyz", f"/certificate?domain={self.tenant}"):
            own = ask_plainly(OWN_PORT, "127.0.0.1:8000", path)
            yield f"{path} is answered on this machine's own way", own.status == HTTPStatus.OK, str(own.status)
        yield self._look_at_figures()
        for path in ("/readyz", "/metrics", f"/certificate?domain={self.tenant}"):
            outside = self.browser.get(self.host, path)
            yield f"{path} is not told to the world", outside.status == HTTPStatus.NOT_FOUND, str(outside.status)
        stranger = self.browser.get(f"nobody.{self.host}", "/")
        yield "a host that nobody has is a 404", stranger.status == HTTPStatus.NOT_FOUND, str(stranger.status)

    def _look_at_figures(self) -> Found:
        """Look whether one process tells what those of all units have counted: who booked, and who sent the mail."""
        figures = ask_plainly(OWN_PORT, "127.0.0.1:8000", "/metrics")
        missing = [name for name in COUNTED if not re.search(name, figures.text, re.MULTILINE)]
        told = f"{figures.status} {' '.join(missing)}"
        return "figures of all units are told", figures.status == HTTPStatus.OK and not missing, told

    def _find_mail(self, address: str, word: str) -> str:
        told = ask_plainly(self._mail_port, "localhost", f"/api/messages?to={address}&channel=email")
        messages = told.json()["messages"]
        return next((message["text"] for message in messages if word in message["text"]), "")

    def _read_progress(self, path: str) -> str:
        state = self.browser.get(self.host, f"{path}status/").json()["status"]
        return state if state in {"done", "failed"} else ""


def _wait_for(look: Callable[[], T], what: str) -> T:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        if time.monotonic() > deadline:
            message = f"{what} did not come within {PATIENCE_SECONDS:.0f} s"
            raise LookupError(message)
        time.sleep(0.1)
    return found


def visit(host: str, authority: Path, mail_port: int, note: Path) -> Iterator[Found]:
    """Do all of it, or after an earlier visit only look for its booking."""
    visit = Visit(host, authority, mail_port)
    if note.exists():
        yield from visit.look_at_booking(note.read_text(encoding="utf-8"))
        return
    yield from visit.sign_up()
    yield from visit.publish()
    yield from visit.book()
    note.write_text(visit.manage_path, encoding="utf-8")
    yield "BOOKED", True, ""
    yield from visit.look_at_booking(visit.manage_path)
    yield from visit.look_at_board()
    yield from visit.look_at_answers()


def main(argv: Sequence[str]) -> int:
    """Print a line for each finding, as JSON; 1 when one is not as it must be."""
    host, authority, mail_port, note = argv
    is_well = True
    try:
        for what, is_right, told in visit(host, Path(authority), int(mail_port), Path(note)):
            print(json.dumps([what, is_right, told]), flush=True)
            is_well = is_well and is_right
    except (LookupError, OSError, ValueError, StopIteration) as error:
        print(json.dumps([f"the visit ended: {error}", False, ""]), flush=True)
        return 1
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
