"""Where rooms above say what they do when something happened, and what their messages speak of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from notifications.types.choices import Choice
from notifications.types.leaving import Content, Verdict, Waiting
from notifications.types.messages import EventView, Subject
from notifications.types.webhooks import WebhookContent
from notifications.types.words import NO_WORDS, Vocabulary

EventHandler = Callable[[EventView], None]
Ledger = Callable[..., None]
Rewriter = Callable[[Waiting, datetime], Content | Verdict]
Proviso = Callable[[Subject, Mapping[str, Any]], bool]
Describer = Callable[[EventView], WebhookContent | None]

_handlers: dict[str, list[EventHandler]] = {}
_later_handlers: dict[str, list[EventHandler]] = {}
_vocabularies: dict[str, Vocabulary] = {}
_ledgers: list[Ledger] = []
_rewriters: dict[str, Rewriter] = {}
_provisos: dict[str, Proviso] = {}
_choices: dict[str, Choice] = {}
_describers: dict[str, Describer] = {}
_webhook_types: list[str] = []


def register_event_handler(kind_prefix: str, handler: EventHandler, *, is_urgent: bool = True) -> None:
    """Call ``handler`` once for every event whose kind starts with ``kind_prefix``.

    It runs in a worker, in the tenant's context and in the transaction that marks the event as
    processed: it may write rows and queue messages, never call the network. Raising undoes all of
    it and tries again later. Registering the same function twice changes nothing.
    One that is not urgent is called after those of all other events, in a transaction of its own, and
    must be safe to run twice.
    """
    handlers = (_handlers if is_urgent else _later_handlers).setdefault(kind_prefix, [])
    if handler not in handlers:
        handlers.append(handler)


def list_event_handlers(kind: str, *, is_urgent: bool = True) -> tuple[EventHandler, ...]:
    """Return the handlers of ``kind`` in the order of registration, shortest prefix first."""
    known = _handlers if is_urgent else _later_handlers
    return tuple(handler for prefix in sorted(known, key=len) if kind.startswith(prefix) for handler in known[prefix])


def register_words(subject_kind: str, vocabulary: Vocabulary) -> None:
    """Say which words the messages about ``subject_kind`` have, and where an e-mail shows them."""
    _vocabularies[subject_kind] = vocabulary


def get_vocabulary(subject_kind: str) -> Vocabulary:
    """Return the words of messages about ``subject_kind``; none for a kind that nobody registered."""
    return _vocabularies.get(subject_kind, NO_WORDS)


def register_rewriter(subject_kind: str, rewriter: Rewriter) -> None:
    """Ask ``rewriter`` about each live message about ``subject_kind`` at the moment when it leaves.

    It runs in a worker, in the tenant's context and in a transaction, and reads only: what it
    returns is written by whoever asks.
    """
    _rewriters[subject_kind] = rewriter


def find_rewriter(subject_kind: str) -> Rewriter | None:
    """Return who knows what a message about ``subject_kind`` should say by now."""
    return _rewriters.get(subject_kind)


def register_proviso(template: str, holds: Proviso) -> None:
    """Ask ``holds(about, state)`` at the moment when a message of ``template`` leaves whether it is still so.

    It is for messages that are not live: they leave as they were written, or not at all. ``state`` is what their
    thread keeps. It runs in a worker, in the tenant's context, and reads only.
    """
    _provisos[template] = holds


def find_proviso(template: str) -> Proviso | None:
    """Return who knows whether a message of ``template`` is still so."""
    return _provisos.get(template)


def register_choice(template: str, choice: Choice) -> None:
    """Let people say no to messages of ``template``: it is asked when one is written, and again when it leaves."""
    _choices[template] = choice


def is_wanted(template: str, channel: str, to: str) -> bool:
    """Tell whether a message of ``template`` may go to an address; one to which nobody may say no always does."""
    choice = _choices.get(template)
    return choice is None or choice.is_wanted(channel, to)


def find_way_out(template: str, to: str) -> str:
    """Return the address at which the reader of a message ends those of its kind; empty: there is none."""
    choice = _choices.get(template)
    return "" if choice is None else choice.find_way_out(to)


def register_ledger(keep: Ledger) -> None:
    """Call ``keep(phone, words=…, proof=…, is_stop=…, now=…)`` when somebody stops SMS, or wants them again.

    It runs in the tenant's context, in the transaction in which that begins to hold.
    """
    if keep not in _ledgers:
        _ledgers.append(keep)


def list_ledgers() -> tuple[Ledger, ...]:
    """Return who keeps what people want."""
    return tuple(_ledgers)


def register_webhooks(types: Iterable[str], describers: Mapping[str, Describer]) -> None:
    """Offer types of webhooks; ``describers`` says of which kinds of events they are made, and how.

    A describer runs as an event handler does, reads only, and returns None when nothing is told.
    """
    _webhook_types.extend(each for each in types if each not in _webhook_types)
    _describers.update(describers)


def find_describer(kind: str) -> Describer | None:
    """Return who makes webhooks of events of a kind."""
    return _describers.get(kind)


def list_described_kinds() -> tuple[str, ...]:
    """Return the kinds of events of which webhooks are made."""
    return tuple(_describers)


def list_webhook_types() -> tuple[str, ...]:
    """Return the types of webhooks that can be subscribed to, in the order in which rooms offered them."""
    return tuple(_webhook_types)
