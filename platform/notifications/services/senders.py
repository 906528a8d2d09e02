"""Who writes: a business to its customers and staff, or the platform itself; each has a message log of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.db import models

from kernel.colors import DEFAULT_ACCENT
from kernel.languages import DEFAULT_LANGUAGE
from notifications.enums import MessageReason
from notifications.models import Message
from notifications.models.base import MessageBase
from notifications.public.models import Message as PublicMessage
from notifications.types.messages import CUSTOMERS
from tenants.context import find_current_tenant
from tenants.hosts import make_base_url
from tenants.types import TenantInfo
from verticals.contract import Tone, VerticalUnknown
from verticals.registry import get_vertical

PLATFORM = "Turnero"
PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes; ``key`` tells senders apart, ``is_formal`` whether they say *usted*.

    ``logo_url`` is the whole address of the logo as PNG, which every mail reader can show; empty without one.
    """

    key: str
    name: str
    accent: str
    locale: str
    is_formal: bool
    logo_url: str = ""


def get_sender() -> Sender:
    """Return the business that this work is for, or the platform when it is for none."""
    tenant = find_current_tenant()
    if tenant is None:
        return Sender(key=PUBLIC, name=PLATFORM, accent=DEFAULT_ACCENT, locale=DEFAULT_LANGUAGE, is_formal=False)
    return Sender(
        key=tenant.schema_name,
        name=tenant.name,
        accent=tenant.accent,
        locale=tenant.locale,
        is_formal=_is_formal(tenant),
        logo_url=_find_logo(tenant),
    )


def _is_formal(tenant: TenantInfo) -> bool:
    if tenant.profile.tone:
        return tenant.profile.tone == Tone.FORMAL
    try:
        return get_vertical(tenant.vertical).tone == Tone.FORMAL
    except VerticalUnknown:
        return False


def _find_logo(tenant: TenantInfo) -> str:
    if tenant.logo is None:
        return ""
    return f"{make_base_url(tenant.primary_host)}/pictures/{tenant.logo.key}/{tenant.logo.png_width}.png"


def open_log() -> models.Manager[MessageBase]:
    """Return the messages of the business that this work is for, or the platform's."""
    model: type[Message | PublicMessage] = PublicMessage if find_current_tenant() is None else Message
    return cast("models.Manager[MessageBase]", model.objects)


def find_silence(message: MessageBase) -> MessageReason | None:
    """Return why a message of the business that this work is for may not leave; None: it may.

    The platform's example writes to nobody. A copy of a business writes to no customer until its owner says so, and
    what it kept back until then stays unsaid. What was waiting when it was copied it never sends: the business that it
    was made of does. A message is of when what it tells about happened.
    """
    tenant = find_current_tenant()
    if tenant is None:
        return None
    if tenant.is_example:
        return MessageReason.EXAMPLE
    if message.role in CUSTOMERS and tenant.is_kept_back(message.created_at):
        return MessageReason.COPY
    if tenant.copied_at is not None and message.created_at <= tenant.copied_at:
        return MessageReason.COPY
    return None
