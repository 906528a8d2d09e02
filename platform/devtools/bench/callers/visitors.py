"""What is asked of a sample business: its first page, free times, bookings, and its staff's board."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from devtools.bench.callers.traffic import make_request
from devtools.bench.floor import PREFIX
from devtools.errors import DevtoolsError
from kernel.iso import parse_instant
from samples.businesses import DEMO_PASSWORD, TALLER

BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "es-MX,es;q=0.8,en-US;q=0.5,en;q=0.3",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "keep-alive",
}
PROGRAM = {"User-Agent": "bench", "Accept": "application/json", "Accept-Language": "es-MX,es;q=0.8"}
ASSET = {"make": "Nissan", "model": "Versa", "year": "2019"}
WEEK = timedelta(days=6)
WINDOW = timedelta(days=61)
FIRST_AFTER = timedelta(days=8)
"""Beyond the two weeks that the sample bookings fill."""
SPACE_MINUTES = 15
"""Between two bookings of a round, besides their length: none of a round is in another one's way."""
SEED = 20261


class Visitors:
    """People and programs that ask the sample business ``taller`` on a port of this machine."""

    def __init__(self, port: int) -> None:
        self._host = f"{TALLER.slug}.localhost:{port}"
        self._port = port
        service = self._ask_json("/api/v1/services")["results"][0]
        self._service_id, self._minutes = str(service["id"]), int(service["duration_minutes"])
        self._random = random.Random(SEED)  # noqa: S311 - an order, not a secret
        self._booked = 0
        self._session = ""

    def read_rows(self) -> bytes:
        """Return the request for the floor's hundred rows."""
        return self._write("GET", f"{PREFIX}rows", BROWSER)

    def insert_row(self) -> bytes:
        """Return the request that inserts the floor's one row."""
        return self._write("POST", f"{PREFIX}row", {**PROGRAM, "Content-Type": "application/json"}, b"{}")

    def open_page(self) -> bytes:
        """Return the request for the first page, by somebody who has never been there."""
        return self._write("GET", "/", BROWSER)

    def ask_week(self) -> bytes:
        """Return the request for the free times of one week, as a picker asks."""
        first = datetime.now(tz=UTC).date() + timedelta(days=1)
        return self._write("GET", self._make_address(first, first + WEEK), PROGRAM)

    def open_board(self) -> bytes:
        """Return the request for today's board, with the session of the owner, who signs in once."""
        self._session = self._session or self.sign_in()
        return self._write("GET", "/workspace/", {**BROWSER, "Cookie": self._session})

    def list_bookings(self, count: int) -> list[bytes]:
        """Return requests that each book another free time, in random order.

        Raises:
            DevtoolsError: There are not so many free times.
        """
        starts = list(self._list_apart())
        if len(starts) < count:
            message = f"only {len(starts)} free times apart from each other, of {count}"
            raise DevtoolsError(message)
        return [self._make_booking(start) for start in self._random.sample(starts, count)]

    def sign_in(self) -> str:
        """Sign the owner in and return the cookies that say so."""
        cookies: SimpleCookie = SimpleCookie()
        form = self._exchange("GET", "/accounts/login/", cookies)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
        fields = {
            "csrfmiddlewaretoken": token[1] if token else "",
            "login": TALLER.people[0].email,
            "password": DEMO_PASSWORD,
        }
        self._exchange("POST", "/accounts/login/", cookies, urlencode(fields).encode())
        return _write_cookies(cookies)

    def _list_apart(self) -> Iterator[str]:
        """List free times that are so far apart that all of them can be booked."""
        first = datetime.now(tz=UTC).date() + FIRST_AFTER
        ends = datetime.min.replace(tzinfo=UTC)
        for day in self._ask_json(self._make_address(first, first + WINDOW))["days"]:
            for slot in day["slots"]:
                if parse_instant(slot["starts_at"]) >= ends:
                    ends = parse_instant(slot["ends_at"]) + timedelta(minutes=SPACE_MINUTES)
                    yield slot["starts_at"]

    def _make_booking(self, starts_at: str) -> bytes:
        self._booked += 1
        number = f"{self._booked:06}"
        customer = {"name": f"Visita {number}", "phone": f"+5255{number}99", "email": f"v{number}@visit.example"}
        body = {"service": self._service_id, "starts_at": starts_at, "customer": customer, "asset": ASSET}
        headers = {**PROGRAM, "Content-Type": "application/json"}
        return self._write("POST", "/api/v1/bookings", headers, json.dumps(body).encode())

    def _make_address(self, first: object, last: object) -> str:
        return f"/api/v1/availability?service={self._service_id}&from={first}&to={last}"

    def _write(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
        return make_request(method, path, host=self._host, headers=headers, body=body)

    def _exchange(self, method: str, path: str, cookies: SimpleCookie, body: bytes = b"") -> str:
        """Ask as a browser does, with its cookies, and return the text of the answer."""
        headers = {"Cookie": _write_cookies(cookies), "Content-Type": "application/x-www-form-urlencoded"}
        answer, text = self._ask(method, path, headers, body)
        for value in answer.headers.get_all("Set-Cookie", []):
            cookies.load(value)
        return text

    def _ask_json(self, path: str) -> Any:
        return json.loads(self._ask("GET", path, PROGRAM)[1])

    def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> tuple[HTTPResponse, str]:
        client = HTTPConnection("127.0.0.1", self._port, timeout=60)
        with closing(client):
            client.request(method, path, body=body or None, headers={"Host": self._host, **headers})
            answer = client.getresponse()
            text = answer.read().decode()
        if answer.status not in {200, 302}:
            message = f"{method} {path}: {answer.status} {text[:500]}"
            raise DevtoolsError(message)
        return answer, text


def _write_cookies(cookies: SimpleCookie) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
