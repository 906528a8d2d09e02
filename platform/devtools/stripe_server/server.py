"""The stand-in as a real HTTP server on a loopback port, which can fall silent, break off or die."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import ClassVar, Self
from urllib.parse import parse_qs, urlsplit

from devtools.stripe_server import accounts, checkout, money, pages
from devtools.stripe_server.calls import Counter
from devtools.stripe_server.cards import CARDS
from devtools.stripe_server.disputes import read_file
from devtools.stripe_server.postman import Habits, Postman
from devtools.stripe_server.world import PLATFORM, Refusal, Thing, World

API_KEY = "sk_test_standin"
SECRET, NOTICE_SECRET = "whsec_standin", "whsec_standin_notices"
SLOW_SECONDS = 12


class Fault(StrEnum):
    """What happens to the next call."""

    BREAK_BEFORE = "break_before"
    """The line breaks before anything is done."""
    BREAK_AFTER = "break_after"
    """It is done, and the line breaks before the answer."""
    SILENCE = "silence"
    """It is done, and nobody answers for longer than anybody waits."""
    ERROR = "error"
    """Status 500, and nothing is done."""
    BUSY = "busy"
    """Status 429, and nothing is done."""


STATUSES = {Fault.ERROR: 500, Fault.BUSY: 429}
JSON = "application/json"


class StandIn:
    """A running stand-in: ``with StandIn() as stripe: … stripe.url …``."""

    def __init__(
        self,
        *,
        port: int = 0,
        path: Path | None = None,
        now: Callable[[], float] = time.time,
        url: str = "",
        notice_url: str = "",
        habits: Habits | None = None,
    ) -> None:
        self.postman = Postman(SECRET, NOTICE_SECRET, url, notice_url, habits or Habits(), now)
        self.world = World(now=now, on_event=self.postman.take, path=path)
        self.world.load()
        self.counter = Counter(self.world)
        self.faults: list[Fault] = []
        self.slow_seconds: float = SLOW_SECONDS
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"stand_in": self}))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(self) -> None:
        """Serve until the process ends."""
        self._server.serve_forever(poll_interval=0.2)

    def open_account(self, *, country: str = "MX", state: str = "active") -> str:
        """Make an account of a business, and return its id."""
        with self.world.lock:
            account = accounts.open_account(self.world, {"identity": {"country": country.lower()}})
            self.world.private[account["id"]]["state"] = state
            return str(account["id"])

    def pay(self, session_id: str, card: str = "visa", *, passes: bool = True) -> Refusal | None:
        """Do what a customer does on the payment page."""
        with self.world.lock:
            return checkout.pay(self.world, self.world.things[session_id], CARDS[card], passes=passes)

    def settle(self, session_id: str, *, succeeds: bool = True) -> None:
        """Let slow money arrive, or fail."""
        with self.world.lock:
            checkout.settle(self.world, self.world.things[session_id], succeeds=succeeds)

    def find_session(self, session_id: str) -> Thing | None:
        """Return a session by the id in its page's address."""
        thing = self.world.things.get(session_id)
        return thing if thing is not None and thing["object"] == "checkout.session" else None


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    stand_in: ClassVar[StandIn]

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer a call that reads, or show a page."""
        self._respond("GET")

    def do_POST(self) -> None:
        """Answer a call that changes something, or take what a person pressed."""
        self._respond("POST")

    def _respond(self, verb: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        if not path.startswith(("/v1/", "/v2/")):
            self._show(verb, path, body)
            return
        faults = self.stand_in.faults
        fault = faults.pop(0) if faults else None
        if fault in STATUSES:
            self._send(STATUSES[fault], b'{"error": {"type": "api_error", "message": "Try again."}}', JSON)
            return
        self.close_connection = fault is not None
        if fault is Fault.BREAK_BEFORE:
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.stand_in.counter.take(verb, self.path, headers, body, self.stand_in.url)
        if fault is Fault.SILENCE:
            time.sleep(self.stand_in.slow_seconds)
        if fault is None:
            self._send(reply.status, json.dumps(reply.body).encode(), JSON, **reply.headers)

    def _show(self, verb: str, path: str, body: bytes) -> None:
        sent = {name: values[-1] for name, values in parse_qs(body.decode()).items()} if verb == "POST" else {}
        with self.stand_in.world.lock:
            page = _play_page(self.stand_in, path, sent)
            self.stand_in.world.save()
        more = {"Location": page.location} if page.location else {}
        self._send(page.status, page.content or page.text.encode(), page.kind, **more)

    def _send(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@dataclass(frozen=True, slots=True)
class _Page:
    status: int = 200
    text: str = ""
    location: str = ""
    content: bytes = b""
    kind: str = "text/html; charset=utf-8"


def _play_page(stand_in: StandIn, path: str, sent: dict[str, str]) -> _Page:
    kind, _, thing_id = path.strip("/").rpartition("/")
    if path == "/healthz":
        return _Page(text="ok")
    if path.startswith("/bank/"):
        return _play_bank(stand_in, path.strip("/").split("/")[1:], sent)
    if kind == "setup":
        return _play_setup(stand_in, thing_id, sent)
    session = stand_in.find_session(thing_id) if kind == "c/pay" else None
    return _Page(404, "There is no such page.") if session is None else _play_payment(stand_in, session, sent)


def _play_payment(stand_in: StandIn, session: Thing, sent: dict[str, str]) -> _Page:
    checkout.look_after(stand_in.world, session)
    name = stand_in.world.private[session["id"]]["name"]
    card = CARDS.get(sent.get("card", ""))
    if card is None or session["status"] != "open":
        return _Page(text=pages.render_payment(session, name=name))
    if card.is_challenged and "bank" not in sent:
        return _Page(text=pages.render_payment(session, name=name, asks_for=card.name))
    refusal = stand_in.pay(session["id"], card.name, passes=sent.get("bank") != "no")
    if refusal is not None:
        error = refusal.body["error"]
        fault = str(error.get("decline_code") or error.get("code") or "")
        return _Page(text=pages.render_payment(session, name=name, fault=fault))
    return _Page(303, "", str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"]))


def _play_bank(stand_in: StandIn, rest: list[str], sent: dict[str, str]) -> _Page:
    """Show what the bank has to decide, or let it decide."""
    world = stand_in.world
    disputes = {each["id"]: each for each in world.things.values() if each["object"] == "dispute"}
    if not rest:
        return _Page(text=pages.render_bank(reversed(disputes.values())))
    dispute = disputes.get(rest[0])
    if dispute is None:
        return _Page(404, "There is no such page.")
    if rest[1:] == ["evidence.pdf"] and dispute["evidence"]["uncategorized_file"]:
        paper = read_file(world, dispute["evidence"]["uncategorized_file"])
        return _Page(content=paper, kind="application/pdf")
    if sent.get("won") in {"yes", "no"} and dispute["status"] not in money.DECIDED:
        money.close_dispute(world, dispute, is_won=sent["won"] == "yes")
    return _Page(303, "", "/bank/")


def _play_setup(stand_in: StandIn, account_id: str, sent: dict[str, str]) -> _Page:
    world = stand_in.world
    account = world.things.get(account_id)
    if account is None or world.owners[account_id] != PLATFORM or "return_url" not in world.private[account_id]:
        return _Page(404, "There is no such page.")
    if sent.get("state") not in accounts.STATES:
        return _Page(text=pages.render_setup(account, world.private[account_id]["state"]))
    accounts.change_state(world, account_id, sent["state"])
    return _Page(303, "", str(world.private[account_id]["return_url"]))
