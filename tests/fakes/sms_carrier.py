"""An SMS carrier on a real socket, speaking the part of Twilio's API that we use."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl


@dataclass
class SmsCarrier:
    """``answers`` are given, one per request, before it begins to accept."""

    url: str = ""
    account: str = "AC42"
    secret: str = "s3cret"
    taken: list[dict[str, str]] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)
    pause_seconds: float = 0.0

    def answer(self, path: str, authorization: str, body: bytes) -> tuple[int, str]:
        time.sleep(self.pause_seconds)
        expected = "Basic " + base64.b64encode(f"{self.account}:{self.secret}".encode()).decode()
        if path != f"/2010-04-01/Accounts/{self.account}/Messages.json" or authorization != expected:
            return 401, json.dumps({"code": 20003, "message": "Authenticate"})
        if self.answers:
            return self.answers.pop(0)
        self.taken.append(dict(parse_qsl(body.decode(), keep_blank_values=True)))
        return 201, json.dumps({"sid": f"SM{len(self.taken):032x}", "status": "queued"})


@contextmanager
def running_sms_carrier() -> Iterator[SmsCarrier]:
    carrier = SmsCarrier()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, text = carrier.answer(self.path, self.headers.get("Authorization", ""), body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    carrier.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield carrier
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
