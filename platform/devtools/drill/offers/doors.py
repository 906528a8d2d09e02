"""The doors through which times are offered and taken, each used over HTTP as its users do.

A door belongs to one question: a wish, or a booking that wants another time. It lists what it
offers on a local date, and takes one of the times; undoing that is the caller's business.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import date, datetime
from html.parser import HTMLParser
from itertools import count
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.test.client import MULTIPART_CONTENT

from devtools.scratch.browser import HostClient
from kernel.iso import parse_instant
from scheduling.types import Wish
from tenants.context import current_tenant
from verticals.registry import get_vertical
from web.booking.draft import PARAMETER, Draft, seal_draft

OK, CREATED, FOUND = 200, 201, 302
REFUSED = frozenset({404, 409, 422})
"""Statuses of a time that is not to be had."""
JSON = "application/json"
CONTACT = {"name": "Ana Torres", "phone": "+525512345678"}
_visitors = count(1)


class UnexpectedAnswerError(Exception):
    """A door answered neither yes nor no."""

    def __init__(self, name: str, answer: Any) -> None:
        super().__init__(f"{name}: {answer.status_code} {answer.content.decode()[:500]}")


class Door(ABC):
    """One way to ask for times and to take one.

    Attributes:
        is_strict: It refuses whatever it does not offer; staff may move a booking to any free minute.
    """

    name: ClassVar[str]
    is_strict: ClassVar[bool] = True

    def __init__(self, client: HostClient) -> None:
        self.client = client

    @abstractmethod
    def list_offered(self, on: date) -> list[datetime]:
        """Return the starts that it shows for a local date."""

    @abstractmethod
    def take(self, starts_at: datetime) -> bool:
        """Ask for a start; tell whether it was given."""

    def get(self, path: str, **query: object) -> Any:
        """Ask as somebody new."""
        answer = self.client.get(f"{path}?{urlencode(query)}", REMOTE_ADDR=_make_address())
        if answer.status_code != OK:
            raise UnexpectedAnswerError(self.name, answer)
        return answer

    def post(self, path: str, body: Mapping[str, object], *, taken: int, content_type: str = MULTIPART_CONTENT) -> bool:
        """Send a form, or a document, as somebody new; tell whether the answer is ``taken``."""
        answer = self.client.post(path, dict(body), content_type=content_type, REMOTE_ADDR=_make_address())
        if answer.status_code not in {taken, *REFUSED}:
            raise UnexpectedAnswerError(self.name, answer)
        return bool(answer.status_code == taken)


class CustomerPage(Door):
    """The time step of the booking page; a wish for one service at a location."""

    name = "customer's booking page"

    def __init__(self, client: HostClient, wish: Wish) -> None:
        super().__init__(client)
        self.wish = wish

    def list_offered(self, on: date) -> list[datetime]:
        """Read the buttons of the day."""
        return read_slots(self.get("/time/", on=on, **{PARAMETER: self._seal()}), "starts_at")

    def take(self, starts_at: datetime) -> bool:
        """Press one: the time is held, and the details are asked next."""
        path = f"/time/?{urlencode({PARAMETER: self._seal()})}"
        return self.post(path, {"starts_at": starts_at.isoformat()}, taken=FOUND)

    def _seal(self) -> str:
        """Return what a new visitor has chosen who comes to the time step."""
        wish = self.wish
        draft = Draft(
            location_id=wish.location_id,
            service_id=wish.service_ids[0],
            resource_id=next(iter(wish.resource_ids), None),
            add_on_ids=wish.add_on_ids,
            party_size=wish.party_size,
            arrival_mode=wish.arrival_mode,
            is_visit_told=True,
        )
        return seal_draft(draft, schema_name=current_tenant().schema_name)


class CustomerMove(Door):
    """The customer's page for another time."""

    name = "customer's move page"

    def __init__(self, client: HostClient, token: str) -> None:
        super().__init__(client)
        self.path = f"/b/{token}/move/"

    def list_offered(self, on: date) -> list[datetime]:
        """Read the buttons of the day."""
        return read_slots(self.get(self.path, on=on), "to")

    def take(self, starts_at: datetime) -> bool:
        """Confirm the new time."""
        return self.post(self.path, {"starts_at": starts_at.isoformat()}, taken=FOUND)


class StaffMove(Door):
    """The workspace's page for another time, with the person that its form shows."""

    name = "workspace's move page"
    is_strict = False

    def __init__(self, client: HostClient, booking_id: int) -> None:
        super().__init__(client)
        self.path = f"/workspace/bookings/{booking_id}/move/"
        self.form: dict[str, object] = {}

    def list_offered(self, on: date) -> list[datetime]:
        """Read the choices of the day, and whom the form names."""
        page = self.get(self.path, on=on)
        self.form = _read_select(page, "resource")
        return read_slots(page, "starts_at")

    def take(self, starts_at: datetime) -> bool:
        """Send the form with one of them."""
        return self.post(self.path, {**self.form, "starts_at": starts_at.isoformat()}, taken=FOUND)


class StaffNew(Door):
    """The workspace's form for a new booking; a wish for one service, without extras, for one."""

    name = "workspace's new booking"
    is_strict = False

    def __init__(self, client: HostClient, wish: Wish) -> None:
        super().__init__(client)
        self.path = "/workspace/bookings/new/"
        asset = get_vertical(current_tenant().vertical).asset
        asked = (
            {f"asset_{each.key}": each.example or "Nissan" for each in asset.fields if each.required} if asset else {}
        )
        self.form = {
            **CONTACT,
            **asked,
            "service": wish.service_ids[0],
            "resource": next(iter(wish.resource_ids), ""),
            "arrival_mode": wish.arrival_mode,
        }

    def list_offered(self, on: date) -> list[datetime]:
        """Read the choices of the day."""
        return read_slots(self.get(self.path, on=on, **self.form), "starts_at")

    def take(self, starts_at: datetime) -> bool:
        """Send the form with one of them."""
        return self.post(self.path, {**self.form, "starts_at": starts_at.isoformat(), "do": "book"}, taken=FOUND)


class OpenCalls(Door):
    """``GET availability`` and ``POST holds``; a wish for one service."""

    name = "API"

    def __init__(self, client: HostClient, wish: Wish) -> None:
        super().__init__(client)
        asked = {
            "service": wish.service_ids[0],
            "resource": next(iter(wish.resource_ids), None),
            "location": wish.location_id,
            "party_size": wish.party_size,
            "arrival_mode": wish.arrival_mode or None,
        }
        self.asked = {name: str(value) for name, value in asked.items() if value is not None}
        self.add_ons = [str(each) for each in wish.add_on_ids]

    def list_offered(self, on: date) -> list[datetime]:
        """Ask for one day."""
        extras = {"add_ons": ",".join(self.add_ons)} if self.add_ons else {}
        return _read_days(self.get("/api/v1/availability", **self.asked, **extras, **_day(on)))

    def take(self, starts_at: datetime) -> bool:
        """Hold the time."""
        body = {**self.asked, "add_ons": self.add_ons, "starts_at": starts_at.isoformat()}
        return self.post("/api/v1/holds", body, taken=CREATED, content_type=JSON)


class OpenMoveCalls(Door):
    """``GET availability?booking=`` and ``POST manage/{token}/reschedule``."""

    name = "API with booking="

    def __init__(self, client: HostClient, token: str) -> None:
        super().__init__(client)
        self.token = token

    def list_offered(self, on: date) -> list[datetime]:
        """Ask for one day."""
        return _read_days(self.get("/api/v1/availability", booking=self.token, **_day(on)))

    def take(self, starts_at: datetime) -> bool:
        """Reschedule."""
        path = f"/api/v1/manage/{self.token}/reschedule"
        return self.post(path, {"starts_at": starts_at.isoformat()}, taken=OK, content_type=JSON)


def _make_address() -> str:
    """Return another visitor's address, in another block: limits count by it."""
    number = next(_visitors)
    return f"10.{number >> 8 & 255}.{number & 255}.1"


def _day(on: date) -> dict[str, object]:
    return {"from": on, "to": on}


class _Form(HTMLParser):
    """What a page's form offers: the times under a name, and what its selects show as chosen."""

    def __init__(self, page: Any) -> None:
        super().__init__()
        self.buttons: list[tuple[str, str]] = []
        self.selects: dict[str, object] = {}
        self._select = ""
        self.feed(page.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a slot (a button, or a choice among several), a select, and the option that is chosen in it."""
        found = {name: value or "" for name, value in attrs}
        name, value = found.get("name", ""), found.get("value", "")
        is_button = tag == "button" and "slot" in found.get("class", "").split()
        if is_button or (tag == "input" and found.get("type") == "radio"):
            self.buttons.append((name, value))
        elif tag == "select":
            self._select = name
            self.selects[name] = ""
        elif tag == "option" and "selected" in found:
            self.selects[self._select] = value


def read_slots(page: Any, name: str) -> list[datetime]:
    """Return the values of a page's slots, earliest first; pages show some at once and the rest behind a line.

    The first free time above them may be of another day.
    """
    return sorted(parse_instant(value) for button, value in _Form(page).buttons if button == name)


def _read_select(page: Any, name: str) -> dict[str, object]:
    """Return the field of a select with what is chosen in it; nothing when the page has none."""
    selects = _Form(page).selects
    return {name: selects[name]} if name in selects else {}


def _read_days(answer: Any) -> list[datetime]:
    return [parse_instant(slot["starts_at"]) for day in answer.json()["days"] for slot in day["slots"]]
