"""What the owner of a business is asked to accept, since when and until when: no query, on every page (decision 71)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.template import RequestContext

from accounts.enums import Role
from kernel.clock import utc_now
from kernel.iso import parse_instant
from tenants.types import ASKED_AT, TenantInfo
from web.parts.legal.texts import AGREEMENTS, Announcement, LegalText, get_text, list_announcements, list_versions

register = template.Library()

TIME_TO_ACCEPT = timedelta(days=30)
"""Of a business that has accepted no version yet, because no sign-up made it."""


@dataclass(frozen=True, slots=True)
class TermsAsk:
    """What is asked.

    Attributes:
        documents: Which of `AGREEMENTS`, in their order.
        announced: What changed since the versions that were accepted; empty where none ever was.
        holds_on: From this local day it holds, or the first of it does.
        is_due: That day has come: the settings wait.
    """

    documents: tuple[str, ...]
    announced: tuple[Announcement, ...]
    holds_on: date
    is_due: bool

    @property
    def shown(self) -> str:
        """Return the versions that are shown, as a form sends them back."""
        return " ".join(f"{document}={list_versions(document)[0]}" for document in self.documents)

    def list_texts(self, language: str) -> tuple[LegalText, ...]:
        """Return the texts that are to be accepted."""
        return tuple(get_text(document, language) for document in self.documents)

    def list_changes(self, language: str) -> tuple[tuple[LegalText, str], ...]:
        """Return each version with what it changes, in a language."""
        return tuple(
            (get_text(each.document, language, each.version), each.changes[language]) for each in self.announced
        )


def find_ask(tenant: TenantInfo, *, now: datetime) -> TermsAsk | None:
    """Return what the owner is asked; None: everything is accepted, or nobody is asked (a sample)."""
    if tenant.agreed is None:
        return None
    documents = tuple(each for each in AGREEMENTS if tenant.agreed.get(each) != list_versions(each)[0])
    if not documents:
        return None
    zone = ZoneInfo(tenant.timezone)
    today = now.astimezone(zone).date()
    news = _list_news(tenant.agreed)
    if news:
        holds_on = min(each.holds_on for each in news)
    else:
        asked_at = tenant.agreed.get(ASKED_AT)
        since = parse_instant(asked_at) if asked_at else tenant.created_at or now
        holds_on = (since + TIME_TO_ACCEPT).astimezone(zone).date()
    return TermsAsk(documents, news, holds_on, is_due=today >= holds_on)


def _list_news(agreed: Mapping[str, str]) -> tuple[Announcement, ...]:
    """Return what was announced after what was accepted: nothing of it where nothing was."""
    if not any(document in agreed for document in AGREEMENTS):
        return ()
    return tuple(each for each in list_announcements() if each.version > agreed.get(each.document, ""))


@register.simple_tag(takes_context=True)
def find_terms(context: RequestContext) -> TermsAsk | None:
    """``{% find_terms as ask %}``: what the person who sees the page is asked; only an owner is."""
    request = context["request"]
    if getattr(request.user, "role", "") != Role.OWNER:
        return None
    return find_ask(request.tenant, now=utc_now())


@register.filter
def changes_in(ask: TermsAsk, language: str) -> tuple[tuple[LegalText, str], ...]:
    """``ask|changes_in:language``: each version with what it changes."""
    return ask.list_changes(language)
