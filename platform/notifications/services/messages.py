"""Telling people: the one way into the message log, and with it to the carriers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from kernel.emails import LONGEST_EMAIL, clean_email
from kernel.languages import DEFAULT_LANGUAGE, LANGUAGES
from notifications import hooks
from notifications.channels import registry
from notifications.channels.registry import Carrier
from notifications.enums import MessageCategory, MessageReason, MessageStatus
from notifications.models.base import MessageBase
from notifications.services.bundles import has_lead
from notifications.services.recipients import OTHER, may_get_one_more
from notifications.services.rendering import render_message
from notifications.services.senders import get_sender, open_log
from notifications.services.stops import is_stopped
from notifications.services.threads import join_thread
from notifications.types.messages import Attachment, Recipient, RenderedMessage, Subject, Thread
from notifications.types.words import Words
from tenants.enums import Urgency
from tenants.services.due_work import add_due_work

DUE_KIND = "message"


@transaction.atomic
def tell(
    *,
    recipients: Iterable[Recipient],
    template: str,
    about: Subject | None,
    words: Words,
    key: str,
    now: datetime,
    attachments: tuple[Attachment, ...] = (),
    reply_to: str = "",
    expires_at: datetime | None = None,
    is_secret: bool = False,
    limit: str | None = OTHER,
    thread: Thread | None = None,
    urgency: Urgency = Urgency.LATER,
) -> None:
    """Queue a message for each recipient, in their language, by the first carrier that reaches them.

    A worker sends it after the commit. ``key`` names what is told: the same key is told once to
    each address, also when two recipients share one (the first one's language counts). An address
    that cannot be written to is stored as failed, so that the log shows why nobody got it;
    someone of whom nothing is known is passed over. Attachments travel by e-mail only. The text of
    a message that ``is_secret`` is kept no longer than it takes to send it. ``limit`` names what limits
    how many of these a recipient gets; what is over it is stored as not sent. None: the caller counted.
    A message of a ``thread`` leaves when that says; others leave at once. Of several that may leave
    the one of more ``urgency`` does first.

    Raises:
        TemplateMissing: There is no built-in text ``template`` for a carrier that was picked.
    """
    for recipient in recipients:
        picked = registry.pick_carrier(recipient)
        if picked is None:
            continue
        carrier, to = picked
        language = pick_language(recipient.locale)
        queue_message(
            carrier=carrier,
            template=template,
            to=to,
            language=language,
            about=about,
            context=words[language],
            dedup_key=f"{key}:{carrier.channel}:{to.lower()}",
            now=now,
            attachments=attachments if carrier.is_rich else (),
            reply_to=reply_to,
            expires_at=expires_at,
            is_secret=is_secret,
            limit=limit,
            thread=thread,
            urgency=urgency,
        )


@transaction.atomic
def queue_message(
    *,
    carrier: Carrier,
    template: str,
    to: str,
    language: str,
    about: Subject | None,
    context: Mapping[str, str],
    dedup_key: str,
    now: datetime,
    attachments: tuple[Attachment, ...] = (),
    reply_to: str = "",
    expires_at: datetime | None = None,
    is_secret: bool = False,
    limit: str | None = OTHER,
    thread: Thread | None = None,
    urgency: Urgency = Urgency.LATER,
) -> int:
    """Store one message and let a worker send it after the commit; return its id.

    The same ``dedup_key`` stores nothing twice and returns the first one's id.

    Raises:
        TemplateMissing: There is no built-in text ``template`` for this carrier.
    """
    log = open_log()
    known = log.filter(dedup_key=dedup_key).values_list("pk", flat=True).first()
    if known is not None:
        return int(known)
    fault = _find_fault(carrier, to, template=template, limit=limit, thread=thread, now=now)
    subject = _describe_subject(about)
    kind = subject["subject_kind"]
    rendered = render_message(carrier=carrier, template=template, subject_kind=kind, language=language, context=context)
    address = to[:LONGEST_EMAIL]
    send_after = now
    if fault is None and thread is not None and about is not None:
        send_after = join_thread(thread, about=about, channel=carrier.channel, to=address, now=now)
    message, is_new = log.get_or_create(
        dedup_key=dedup_key,
        defaults={
            "channel": carrier.channel,
            "template": template,
            "to": address,
            "reply_to": clean_email(reply_to) or "",
            "locale": language,
            **_describe_text(rendered, is_kept=fault is None or not is_secret),
            "attachments": [asdict(attachment) for attachment in attachments],
            **subject,
            "is_secret": is_secret,
            "category": MessageCategory.SECURITY if is_secret else MessageCategory.TRANSACTIONAL,
            **_describe_thread(thread),
            **_describe_outcome(fault),
            "created_at": now,
            "send_after": send_after,
            "expires_at": expires_at,
        },
    )
    if is_new and fault is None:
        _plan_sending(message, at=send_after, now=now, urgency=urgency)
    return int(message.pk)


def pick_language(locale: str) -> str:
    """Return the language of ours that ``locale`` (``es``, ``en-US``) names, else the sender's own."""
    for wanted in (locale, get_sender().locale):
        language = wanted.replace("_", "-").split("-")[0].lower()
        if language in LANGUAGES:
            return language
    return DEFAULT_LANGUAGE


def _describe_text(rendered: RenderedMessage, *, is_kept: bool) -> dict[str, str]:
    """Return the columns of what a message says; of a secret that is not sent the subject only."""
    return {
        "subject": rendered.subject,
        "body_text": rendered.body_text if is_kept else "",
        "body_html": rendered.body_html if is_kept else "",
    }


def _describe_subject(about: Subject | None) -> dict[str, Any]:
    """Return the columns of what a message is about."""
    if about is None:
        return {"subject_kind": "", "subject_id": None}
    return {"subject_kind": about.kind, "subject_id": about.id}


def _describe_thread(thread: Thread | None) -> dict[str, object]:
    """Return the columns of the thread that a message follows others in."""
    if thread is None:
        return {"role": "", "state": None, "is_live": False}
    return {
        "role": thread.role,
        "state": thread.state,
        "is_live": thread.is_live,
        "bundle": thread.bundle,
        "bundle_size": thread.bundle_size,
    }


def _describe_outcome(fault: MessageReason | None) -> dict[str, str]:
    """Return the columns of whether a message can leave, and why not."""
    if fault is None:
        return {"status": MessageStatus.QUEUED, "reason": ""}
    return {"status": MessageStatus.FAILED, "reason": fault}


def _plan_sending(message: MessageBase, *, at: datetime, now: datetime, urgency: Urgency) -> None:
    """Let a worker send a stored message."""
    add_due_work(kind=DUE_KIND, row_id=message.pk, due_at=at, now=now, urgency=urgency, lane=message.channel)


def _find_fault(
    carrier: Carrier, to: str, *, template: str, limit: str | None, thread: Thread | None, now: datetime
) -> MessageReason | None:
    """Return why a message cannot go to an address; what can is counted."""
    if not carrier.is_address(to):
        return MessageReason.RECIPIENT_INVALID
    if not carrier.is_wanted(to):
        return MessageReason.UNWANTED
    if is_stopped(carrier.channel, to) or not hooks.is_wanted(template, carrier.channel, to):
        return MessageReason.WITHDRAWN
    if thread is not None and has_lead(thread.bundle, channel=carrier.channel, to=to[:LONGEST_EMAIL]):
        return None  # what leaves as one message counts as one
    if limit is not None and not may_get_one_more(to, limit=limit, now=now):
        return MessageReason.TOO_MANY
    return None
