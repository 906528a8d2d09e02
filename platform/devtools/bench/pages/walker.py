"""Somebody who books a visit at the sample business ``taller``, page after page, and notes what each answer cost."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from http import HTTPStatus
from http.client import HTTPConnection, HTTPMessage
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import psycopg

from devtools.bench.callers.visitors import BROWSER, Visitors
from devtools.bench.pages.served import CPU, MILLISECONDS, QUERIES
from devtools.errors import DevtoolsError
from kernel.ids import hash_token
from samples.businesses import TALLER

SCHEMA_SQL = "SELECT schema_name FROM public.tenants_tenant WHERE slug = %s"
TABLE_SQL = "SELECT to_regclass(%s) IS NOT NULL"
LINK_SQL = """
INSERT INTO {schema}.scheduling_visitslink (kind, contact, token_hash, locale, created_at, told_at, expires_at)
VALUES ('email', %s, %s, 'es', %s, %s, %s)
"""
VEHICLE = {"asset.make": "Nissan", "asset.model": "Versa", "asset.plate": "NXP482A"}
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer: what it cost the server.

    Attributes:
        cpu_ms: Of its Python alone; neighbors on the machine change it little.
    """

    name: str
    milliseconds: float
    cpu_ms: float
    queries: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; redirects are not followed."""

    path: str
    status: int
    headers: HTTPMessage
    text: str

    def find(self, pattern: str) -> str:
        """Return the first group of a pattern in the page.

        Raises:
            DevtoolsError: It is not there.
        """
        found = re.search(pattern, self.text)
        if found is None:
            message = f"no {pattern!r} in {self.path}: {self.status} {self.text[:500]}"
            raise DevtoolsError(message)
        return unescape(found[1])

    @property
    def target(self) -> str:
        """Where it redirects to.

        Raises:
            DevtoolsError: It does not.
        """
        if self.status != HTTPStatus.FOUND:
            problems = re.findall(r'class="[^"]*error[^"]*"[^>]*>(.*?)</', self.text, re.DOTALL)
            message = f"{self.path} leads nowhere: {self.status} {problems or self.text[:500]}"
            raise DevtoolsError(message)
        return self.headers["Location"]


class Walker:
    """A visitor with cookies, and the owner, who looks at the board."""

    def __init__(self, port: int, database_url: str) -> None:
        self.origin = f"http://{TALLER.slug}.localhost:{port}"
        self.paths: dict[str, str] = {}
        self._port = port
        self._database_url = database_url
        self._session = Visitors(port).sign_in()
        self._cookies: SimpleCookie = SimpleCookie()
        self._seen: list[Seen] = []

    def walk(self, number: int) -> list[Seen]:
        """Book one visit and look at all that belongs to it; ``number`` tells this visitor from others.

        ``paths`` are then where the pages are, by name.
        """
        self._cookies, self._seen = SimpleCookie(), []
        email = f"visit-{number}@correo.example"
        details = self._choose()
        who = {"name": "Laura Jiménez", "phone": f"55 13{number % 100:02} {number:04}", "email": email}
        visit = self._send("book", details, details.path, who).target.partition("?")[0]
        self._get("manage page", visit)
        self._get("move", f"{visit}move/")
        self._get("cancel", f"{visit}cancel/")
        for name, path in self._list_later(visit, email):
            self._get(name, path)
        self._get("board", "/workspace/", cookies=self._session)
        return self._seen

    def _choose(self) -> Answer:
        """Go from the first page to the last step."""
        first = self._get("first page", "/")
        chosen = self._get("service", first.find(r'class="pick" href="([^"]+)"'))
        vehicle = self._get("vehicle", chosen.target)
        mode = vehicle.find(r'name="arrival_mode" value="([^"]+)"')
        told = self._send("vehicle sent", vehicle, vehicle.path, {**VEHICLE, "arrival_mode": mode})
        times = self._get("times", told.target)
        wanted = {"starts_at": times.find(r'class="slot" name="starts_at" value="([^"]+)"')}
        held = self._send("time kept", times, times.find(r'<form method="post" action="([^"]+)"'), wanted)
        return self._get("details", held.target)

    def _list_later(self, visit: str, email: str) -> Iterator[tuple[str, str]]:
        """List pages that older versions do not have."""
        with psycopg.connect(self._database_url, autocommit=True) as database:
            found = database.execute(SCHEMA_SQL, [TALLER.slug]).fetchone()
            assert found is not None
            schema = found[0]
            if not database.execute(TABLE_SQL, [f"{schema}.scheduling_visitslink"]).fetchone()[0]:  # type: ignore[index]
                return
            now, token = datetime.now(tz=UTC), f"bench-{email}"
            values = [email, hash_token(token), now, now, now + timedelta(days=1)]
            database.execute(LINK_SQL.format(schema=f'"{schema}"'), values)
        yield "my visits", f"/visits/{token}/"
        yield "messages", f"{visit}messages/"
        yield "own data", f"{visit}data/"

    def _get(self, name: str, path: str, *, cookies: str = "") -> Answer:
        answer = self._ask("GET", path, cookies=cookies)
        self._note(name, answer)
        self.paths[name] = path
        return answer

    def _send(self, name: str, page: Answer, path: str, fields: Mapping[str, str]) -> Answer:
        """Send the form of a page."""
        token = page.find(r'name="csrfmiddlewaretoken" value="([^"]+)"')
        answer = self._ask("POST", path, body=urlencode({**fields, "csrfmiddlewaretoken": token}).encode())
        self._note(name, answer)
        return answer

    def _note(self, name: str, answer: Answer) -> None:
        if answer.status not in {HTTPStatus.OK, HTTPStatus.FOUND}:
            message = f"{name}: {answer.path} answers {answer.status}: {answer.text[:500]}"
            raise DevtoolsError(message)
        milliseconds, cpu_ms = (float(answer.headers[each]) for each in (MILLISECONDS, CPU))
        self._seen.append(Seen(name, milliseconds, cpu_ms, int(answer.headers[QUERIES])))

    def _ask(self, method: str, path: str, *, cookies: str = "", body: bytes | None = None) -> Answer:
        kept = "; ".join(f"{name}={morsel.value}" for name, morsel in self._cookies.items())
        headers = {**BROWSER, "Host": self.origin.removeprefix("http://"), "Cookie": cookies or kept}
        client = HTTPConnection("127.0.0.1", self._port, timeout=60)
        with closing(client):
            client.request(method, path, body=body, headers={**headers, "Content-Type": FORM} if body else headers)
            response = client.getresponse()
            content = response.read()
        if response.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        if not cookies:
            for value in response.headers.get_all("Set-Cookie", []):
                self._cookies.load(value)
        return Answer(path, response.status, response.headers, content.decode())
