"""The notice of a business, made of what it does: who is responsible, what for, for how long, and people's rights.

It is made anew wherever it is needed, from the business's settings, its places and the law of its country. What it
says names its version (a digest): a new one begins by itself as soon as anything in it changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType

from django.template.loader import render_to_string

from kernel.identity.phones import format_phone
from kernel.languages import DEFAULT_LANGUAGE, LANGUAGES
from kernel.law.notices import HEALTH, find_notice_law
from kernel.law.persons import Right, find_privacy_law
from kernel.personal import BACKUPS_KEPT
from notifications.services.recipients import sends_sms
from privacy.errors import NoticeUnknown
from privacy.models import NoticeVersion
from scheduling.selectors.catalog.services import list_locations, takes_deposits
from scheduling.services.aftercare.asking import find_ask
from scheduling.types import ASKED_CONSENTS, LocationView
from tenants.context import current_tenant
from verticals.contract import FeedbackAsk, VerticalUnknown
from verticals.registry import get_vertical

OWN = "own"
"""The version of a notice that a business keeps at an address of its own; what it says there, we do not know."""
VERSION_LENGTH = 16
HEALTH_ASSETS = frozenset({"patient"})
"""What visits are about where people's health is."""


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What a notice is made of; texts are as the business wrote them.

    Attributes:
        asked: What it asks consent for beside the visit, by `ConsentPurpose`.
        asset: Key of what visits are about (``vehicle``); empty: nothing.
        is_health: Visits are about people's health.
        own_words: Language → what the business adds.
    """

    business: str
    country: str
    address: str
    phone: str
    email: str
    asked: tuple[str, ...]
    asset: str
    is_health: bool
    asks_feedback: bool
    takes_deposits: bool
    has_sms: bool
    own_words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice as it is shown: HTML by language, made and escaped by us."""

    version: str
    texts: Mapping[str, str]
    shown_at: datetime | None = None

    def say(self, language: str) -> str:
        """Return the text in a language, else in the product's own."""
        return self.texts.get(language) or self.texts[DEFAULT_LANGUAGE]


def make_notice(locations: Sequence[LocationView] | None = None) -> NoticeView:
    """Return the notice of the current business as it is now; two queries, one where ``locations`` are known."""
    return _write(_collect(list_locations() if locations is None else locations))


def asks_expressly() -> bool:
    """Tell whether customers of the current business have to agree expressly, since they may tell of their health."""
    tenant = current_tenant()
    try:
        asset = get_vertical(tenant.vertical).asset
    except VerticalUnknown:
        return False
    is_health = asset is not None and asset.key in HEALTH_ASSETS
    return is_health and HEALTH in find_notice_law(tenant.country).express_for


def name_shown_version(locations: Sequence[LocationView] | None = None) -> str:
    """Return the version of the notice that customers are led to now: ours, or `OWN`."""
    return OWN if current_tenant().profile.privacy_url else make_notice(locations).version


def find_kept(version: str) -> NoticeView | None:
    """Return a version that somebody was shown; one query."""
    row = NoticeVersion.objects.filter(version=version).first()
    return None if row is None else NoticeView(row.version, row.texts, row.shown_at)


def get_notice(version: str = "") -> NoticeView:
    """Return a version, or without one what holds now.

    Raises:
        NoticeUnknown: Nobody was shown this version.
    """
    now = make_notice()
    if version in {"", now.version}:
        return now
    kept = find_kept(version)
    if kept is None:
        raise NoticeUnknown
    return kept


def list_kept(most: int) -> tuple[NoticeView, ...]:
    """List the versions that people were shown, the newest first; one query."""
    rows = NoticeVersion.objects.order_by("-shown_at", "-pk")[:most]
    return tuple(NoticeView(row.version, row.texts, row.shown_at) for row in rows)


def _collect(locations: Sequence[LocationView]) -> NoticeFacts:
    tenant = current_tenant()
    profile = tenant.profile
    place = next(iter(locations), None)
    try:
        vertical = get_vertical(tenant.vertical)
    except VerticalUnknown:
        vertical = None
    return NoticeFacts(
        business=tenant.name,
        country=tenant.country,
        address=place.address if place else "",
        phone=format_phone(place.phone, tenant.country) if place and place.phone else "",
        email=profile.email,
        asked=tuple(each.value for each in ASKED_CONSENTS if each in profile.consents),
        asset=vertical.asset.key if vertical and vertical.asset else "",
        is_health=bool(vertical and vertical.asset and vertical.asset.key in HEALTH_ASSETS),
        asks_feedback=find_ask() != FeedbackAsk.OFF,
        takes_deposits=takes_deposits(),
        has_sms=sends_sms(),
        own_words=tuple((each, profile.say("notice", each, main=tenant.locale)) for each in LANGUAGES),
    )


@lru_cache(maxsize=512)
def _write(facts: NoticeFacts) -> NoticeView:
    """Return the notice that is made of these facts; the same facts are written once per process."""
    law, persons = find_notice_law(facts.country), find_privacy_law(facts.country)
    own_words = dict(facts.own_words)
    texts = {
        language: _render(
            language,
            {
                "facts": facts,
                "law": law,
                "persons": persons,
                "is_express": facts.is_health and HEALTH in law.express_for,
                "clocks": [(each, persons.clocks[each].answer) for each in Right if each in persons.clocks],
                "own_words": own_words.get(language, ""),
                "backup_days": BACKUPS_KEPT.days,
            },
        )
        for language in LANGUAGES
    }
    digest = sha256("\0".join(f"{each}\0{texts[each]}" for each in sorted(texts)).encode()).hexdigest()
    return NoticeView(digest[:VERSION_LENGTH], MappingProxyType(texts))


def _render(language: str, context: dict[str, object]) -> str:
    """Return the text without the breaks and blanks of our files: these are no words, and make no version."""
    return " ".join(render_to_string(f"notices/{language}.html", context).split())
