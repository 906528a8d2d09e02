"""A visitor's HTTP client over TLS that trusts one authority and finds every host on this machine."""

from __future__ import annotations

import gzip
import json
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection, HTTPMessage, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

HTTPS_PORT, WEB_PORT, OWN_PORT = 443, 8001, 8000
SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; redirects are not followed."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """Return the body as text, unpacked."""
        packed = self.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()

    def json(self) -> Any:
        """Return what the API says."""
        return json.loads(self.text)

    def find(self, pattern: str) -> str:
        """Return the first group of a pattern in the page.

        Raises:
            LookupError: It is not there.
        """
        found = re.search(pattern, self.text)
        if found is None:
            message = f"no {pattern!r} in an answer with status {self.status}: {self.text[:300]!r}"
            raise LookupError(message)
        return unescape(found[1])


@dataclass
class Browser:
    """Cookies of several hosts, each its own; certificates are checked, names included."""

    authority: Path
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    def get(self, host: str, path: str, **headers: str) -> Answer:
        """Ask for a page."""
        return self._ask("GET", host, path, headers={"Accept-Encoding": "gzip", **headers})

    def post_form(self, host: str, path: str, *, to: str = "", **fields: str) -> Answer:
        """Open the page with the form, and send it filled in, to another address where the form names one."""
        page = self.get(host, path)
        token = page.find(r'name="csrfmiddlewaretoken" value="([^"]+)"')
        body = urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"https://{host}{path}"}
        return self._ask("POST", host, to or path, headers=headers, body=body)

    def post_json(self, host: str, path: str, body: object) -> Answer:
        """Call the API."""
        headers = {"Content-Type": "application/json"}
        return self._ask("POST", host, path, headers=headers, body=json.dumps(body).encode())

    def listen(self, host: str, path: str, count: int) -> list[str]:
        """Return the first lines of a stream, as they arrive.

        Raises:
            LookupError: There is no stream.
        """
        connection, response = self._send("GET", host, path, headers={"Accept": "text/event-stream"}, body=None)
        if response.headers.get_content_type() != "text/event-stream":
            message = f"{path} is no stream: {response.status} {response.headers.get_content_type()}"
            raise LookupError(message)
        lines = [response.readline().decode().rstrip() for _ in range(count)]
        connection.close()
        return lines

    def _ask(
        self, method: str, host: str, path: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> Answer:
        connection, response = self._send(method, host, path, headers=headers, body=body)
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, rest = cookie.partition("=")
            self.cookies.setdefault(host, {})[name] = rest.partition(";")[0]
        return answer

    def _send(
        self, method: str, host: str, path: str, *, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[HTTPSConnection, HTTPResponse]:
        sent = {"Accept-Language": "es", **headers}
        if self.cookies.get(host):
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies[host].items())
        connection = _Connection(host, ssl.create_default_context(cafile=str(self.authority)))
        connection.request(method, path, body=body, headers=sent)
        return connection, connection.getresponse()


def ask_plainly(port: int, host: str, path: str) -> Answer:
    """Ask over plain HTTP by address, for some host."""
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    connection.request("GET", path, headers={"Host": host})
    response = connection.getresponse()
    answer = Answer(response.status, response.headers, response.read())
    connection.close()
    return answer


class _Connection(HTTPSConnection):
    """TLS to this machine, whatever the host is called; there is no DNS here."""

    def __init__(self, host: str, context: ssl.SSLContext) -> None:
        super().__init__(host, HTTPS_PORT, timeout=SECONDS, context=context)
        self._trusting = context

    def connect(self) -> None:
        """Connect to the loopback and check the certificate for the host."""
        plain = socket.create_connection(("127.0.0.1", HTTPS_PORT), timeout=SECONDS)
        self.sock = self._trusting.wrap_socket(plain, server_hostname=self.host)
