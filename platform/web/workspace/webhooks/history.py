"""What was done to webhooks, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from audit.enums import Action
from audit.types import Change
from notifications.enums import WebhookOff
from web.workspace.webhooks.forms import say_event


@dataclass(frozen=True, slots=True)
class Sentence:
    """What somebody did, and to which webhook; ``by`` is empty for nobody."""

    text: str
    name: str
    by: str
    at: datetime


def describe_changes(changes: Iterable[tuple[int, Change]], names: Mapping[int, str]) -> list[Sentence]:
    """Return a sentence for each thing that was done; ``names`` are the hosts of those that are still there."""
    said = []
    for row_id, change in changes:
        name = names.get(row_id, "")
        said += [Sentence(text, name, change.user_name, change.at) for text in _describe(change)]
    return said


def _describe(change: Change) -> Iterator[str]:
    fields: dict[str, tuple[Any, Any]] = {each.name: (each.old, each.new) for each in change.fields}
    if change.action == Action.CREATED:
        yield gettext("Webhook added: %(host)s") % {"host": fields["host"][1]}
        return
    if change.action == Action.DELETED:
        yield gettext("Webhook removed: %(host)s") % {"host": fields["host"][0]}
        return
    if "host" in fields:
        yield gettext("Calls go to %(new)s instead of %(old)s") % dict(zip(("old", "new"), fields["host"], strict=True))
    if "path" in fields:
        yield gettext("Another address on the same host")
    if "events" in fields:
        yield gettext("It hears of: %(events)s") % {
            "events": ", ".join(say_event(each) for each in fields["events"][1])
        }
    if "secret" in fields:
        yield gettext("There is a new secret")
    if "off" in fields:
        reason = fields["off"][1]
        yield gettext("Switched off: %(why)s") % {"why": WebhookOff(reason).label} if reason else gettext("Switched on")
