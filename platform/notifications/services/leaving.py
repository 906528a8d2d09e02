"""The last look at a message before it leaves: is what it says still so, and is it news?"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime

from notifications import hooks
from notifications.channels import registry
from notifications.enums import MessageReason, MessageStatus
from notifications.models.base import MessageBase
from notifications.services.bundles import lock_beside, tell_along
from notifications.services.rendering import render_message
from notifications.services.threads import (
    await_turn,
    find_told,
    get_subject,
    is_overtaken,
    overtake,
    take_back,
    was_anybody_told,
)
from notifications.types.leaving import Content, Verdict, Waiting

REASONS = {Verdict.NOTHING_NEW: MessageReason.UNDONE, Verdict.OVERTAKEN: MessageReason.SUPERSEDED}
REWRITTEN_AFTER = "rewritten_after"
"""In the state of a message: after how many attempts it got another text, and with it another Message-ID."""
REWRITTEN = ("template", "subject", "body_text", "body_html", "attachments", "state")


def may_leave(message: MessageBase, *, now: datetime) -> bool:
    """Return whether a locked message is still worth leaving; a live one tells how its subject stands now.

    Raises:
        RetryLater: As `look_again`.
    """
    if message.is_live:
        return look_again(message, now=now)
    holds = hooks.find_proviso(message.template)
    if holds is None or holds(get_subject(message), message.state or {}):
        return True
    take_back(message, MessageReason.UNDONE)
    return False


def look_again(message: MessageBase, *, now: datetime) -> bool:
    """Let a locked, live message tell its subject's present state; return whether it leaves at all.

    One that was tried before may have arrived: it keeps its text and its Message-ID while what it says is true. One
    that told others along keeps them anyway.

    Raises:
        RetryLater: One before it in its thread is on its way, or another one of its bundle leads.
    """
    await_turn(message, now=now)
    if message.attempts:
        if is_overtaken(message, now=now):
            take_back(message, MessageReason.SUPERSEDED)
            return False
        if message.bundle:
            return True
    beside = lock_beside(message, now=now)
    rewrite = hooks.find_rewriter(message.subject_kind)
    waiting = replace(_describe(message), beside=tuple(map(_describe, beside)), was_tried=message.attempts > 0)
    answer = Verdict.AS_WRITTEN if rewrite is None else rewrite(waiting, now)
    if isinstance(answer, Verdict) and answer in REASONS:
        take_back(message, REASONS[answer])
        return False
    if isinstance(answer, Content):
        _write_anew(message, answer)
    overtake(message)
    for each in beside:
        overtake(each)
    tell_along(message, beside, now=now)
    return True


def _describe(message: MessageBase) -> Waiting:
    told = find_told(message)
    return Waiting(
        about=get_subject(message),
        role=message.role,
        channel=message.channel,
        to=message.to,
        template=message.template,
        state=message.state or {},
        told=told.state if told is not None and told.status == MessageStatus.SENT else None,
        may_know=told is not None,
        was_told=told is not None or was_anybody_told(message),
    )


def _write_anew(message: MessageBase, content: Content) -> None:
    carrier = registry.get_carrier(message.channel)
    rendered = render_message(
        carrier=carrier,
        template=content.template,
        subject_kind=message.subject_kind,
        language=message.locale,
        context=content.words[message.locale],
    )
    message.template, message.state = content.template, dict(content.state)
    if message.attempts:
        message.state[REWRITTEN_AFTER] = message.attempts
    message.subject = rendered.subject
    message.body_text, message.body_html = rendered.body_text, rendered.body_html
    message.attachments = [asdict(each) for each in content.attachments] if carrier.is_rich else []
    message.save(update_fields=REWRITTEN)
