"""A client of one host without a browser: one connection per request, so that many threads can share it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection
from random import randrange
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True)
class Answer:
    """What came back; redirects are not followed."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def shown(self) -> str:
        """Return the text as a person reads it, entities resolved."""
        return unescape(self.text)

    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Site:
    """One visitor at one host.

    Attributes:
        address: Where the visitor comes from: somewhere on the loopback network, a limit per address counts each alone.
    """

    host: str
    port: int
    language: str = "es"
    address: str = field(default_factory=lambda: f"127.{randrange(1, 255)}.{randrange(256)}.{randrange(1, 255)}")
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        return self.request("GET", path)

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form, as the page that ``path`` shows would."""
        token = self.cookies.get("csrftoken") or self._take_token(path)
        return self.request("POST", path, form={**fields, "csrfmiddlewaretoken": token})

    def call(self, path: str, body: object, **headers: str) -> Answer:
        """Post JSON to the API."""
        return self.request("POST", f"/api/v1/{path}", json_body=body, more=headers)

    def request(
        self,
        method: str,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        json_body: object = None,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> Answer:
        headers = {"Host": self.host, "Accept-Language": self.language, "Origin": f"http://{self.host}", **more}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if form is not None:
            body, headers["Content-Type"] = urlencode(form), "application/x-www-form-urlencoded"
        elif json_body is not None:
            body, headers["Content-Type"] = json.dumps(json_body), "application/json"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(self.address, 0))
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            for cookie in answer.headers.get_all("Set-Cookie") or ():
                name, _, rest = cookie.partition("=")
                self.cookies[name] = rest.partition(";")[0]
            return Answer(answer.status, dict(answer.headers), text)
        finally:
            connection.close()

    def follow(self, answer: Answer) -> tuple[str, Answer]:
        """Go where a redirect leads, on this host, to its end; return the last address too."""
        path = ""
        while answer.status in {301, 302, 303}:
            parts = urlsplit(answer.headers["Location"])
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            answer = self.get(path)
        return path, answer

    def _take_token(self, path: str) -> str:
        self.get(path)
        return self.cookies.get("csrftoken", "")
