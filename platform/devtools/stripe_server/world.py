"""What the stand-in remembers: resources by id, whose they are, and the events that changes cause."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import Any

from devtools.stripe_server.specification import API_VERSION, make_blank

Thing = dict[str, Any]

PLATFORM = ""
"""Whose the resources are that belong to no business."""


class Refusal(Exception):
    """What Stripe answers instead of doing what was asked; the arguments are those of its error object."""

    def __init__(
        self, message: str, *, status: int = 400, kind: str = "invalid_request_error", **more: str | Thing | None
    ) -> None:
        super().__init__(message)
        self.status = status
        told: Thing = {name: value for name, value in more.items() if value}
        self.body: Thing = {"error": {"type": kind, "message": message} | told}


@dataclass
class World:
    """Everything that there is.

    Attributes:
        now: The clock.
        things: Id → resource; what Stripe writes as an id stands as one.
        owners: Id → account; ``PLATFORM`` for its own.
        on_event: Told each event as soon as it happened, with the account that it is of.
        path: Where it is kept over restarts; None: nowhere.
    """

    now: Callable[[], float] = time.time
    things: dict[str, Thing] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    private: dict[str, Thing] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    on_event: Callable[[Thing], None] = lambda _: None
    path: Path | None = None
    lock: RLock = field(default_factory=RLock)

    def load(self) -> None:
        """Remember what was saved."""
        if self.path is not None and self.path.exists():
            saved = json.loads(self.path.read_text(encoding="utf-8"))
            self.things, self.owners, self.private, answers = saved
            # Until when they last was not kept at first: then they are over.
            self.answers = {key: (*answer, 0)[:4] for key, answer in answers.items()}

    def save(self) -> None:
        """Keep everything, whole or not at all."""
        if self.path is not None:
            unfinished = self.path.with_suffix(".new")
            unfinished.write_text(json.dumps([self.things, self.owners, self.private, self.answers]), encoding="utf-8")
            unfinished.replace(self.path)

    def seconds(self) -> int:
        """Return the time as Stripe counts it."""
        return int(self.now())

    def make(self, kind: str, prefix: str, account: str, **fields: Any) -> Thing:
        """Make a resource; what its class may leave empty is empty unless given."""
        thing = make_blank(kind) | {"id": f"{prefix}_{secrets.token_hex(12)}"} | fields
        if "created" not in thing or thing["created"] is None:
            thing["created"] = self.seconds()
        if "livemode" not in thing and kind not in {"balance_transaction", "file", "refund"}:
            thing["livemode"] = False
        self.things[thing["id"]] = thing
        self.owners[thing["id"]] = account
        return thing

    def get(self, thing_id: str, kind: str, account: str) -> Thing:
        """Return a resource of an account.

        Raises:
            Refusal: There is none of that id, or it is another account's.
        """
        thing = self.things.get(thing_id)
        if thing is None or thing["object"] != kind or self.owners[thing_id] != account:
            message = f"No such {kind}: '{thing_id}'"
            raise Refusal(message, status=404, code="resource_missing", param="id")
        return thing

    def find_all(self, kind: str, account: str) -> Iterator[Thing]:
        """Yield the resources of a kind of an account, the newest first."""
        for thing_id in reversed(list(self.things)):
            thing = self.things[thing_id]
            if thing["object"] == kind and self.owners[thing_id] == account:
                yield thing

    def tell(self, name: str, thing: Thing) -> None:
        """Let an event happen; it holds the resource as it is now."""
        account = self.owners[thing["id"]]
        event = make_blank("event") | {
            "id": f"evt_{secrets.token_hex(12)}",
            "account": account or None,
            "api_version": API_VERSION,
            "created": self.seconds(),
            "data": {"object": json.loads(json.dumps(thing))},
            "livemode": False,
            "pending_webhooks": 1,
            "type": name,
        }
        self.on_event(event)

    def tell_thinly(self, name: str, account: Thing) -> None:
        """Let an event of API v2 happen, which holds only what it is about."""
        self.on_event(
            {
                "id": f"evt_{secrets.token_hex(12)}",
                "object": "v2.core.event",
                "type": name,
                "livemode": False,
                "created": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(self.now())),
                "related_object": {
                    "id": account["id"],
                    "type": "v2.core.account",
                    "url": f"/v2/core/accounts/{account['id']}",
                },
            }
        )
