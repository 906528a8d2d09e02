"""A business as everybody below and above sees it, and what its owner set up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tenants.enums import TenantStatus

EXAMPLE_SLUG = "ejemplo"
"""Where the platform's example answers; nobody else gets it (`tenants.policies.RESERVED`)."""
USUAL_ACCENT = "#1d4ed8"
"""The brand color of whoever has chosen none."""
ASKED_AT = "asked_at"
"""Beside the versions that were agreed to: since when a business is asked that was made of an archive (RFC 3339)."""
REMOVED_AFTER = timedelta(days=30)
"""How long a closed business is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessText:
    """What a business tells its customers in one language; empty: nothing of its own.

    Attributes:
        language: One of `kernel.languages`.
        about: What it is, in one line.
        bring: What to bring along, wherever neither the service nor the location says it.
        policy: The terms of changes and cancellations in the business's own words.
        after: What is shown once a visit is booked.
        notice: What its privacy notice says besides what is made of its settings.
    """

    language: str
    about: str = ""
    bring: str = ""
    policy: str = ""
    after: str = ""
    notice: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether it says nothing."""
        return not (self.about or self.bring or self.policy or self.after or self.notice)


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessProfile:
    """What a business says about itself and how it speaks, besides what every tenant has.

    Attributes:
        email: For customers; like the addresses of pages it is public.
        privacy_url: The business's own privacy notice.
        languages: In which customers can read its pages; empty: in all of the product.
        clock: ``12`` or ``24`` hours; empty: as its country.
        tone: How customers are addressed in Spanish, a `verticals.contract.Tone`; empty: as its trade.
        feedback: When customers are asked how a visit was, a `verticals.contract.FeedbackAsk`; empty: as its trade.
        review_url: Where everybody who answered that is offered to write a public review.
        consents: What else its customers are asked to agree to, as `scheduling.enums.ConsentPurpose` calls it.
        widget_sites: Origins (``https://www.example.com``) whose pages may show the booking pages in a frame.
        emails_per_day: Own budget below the one that the platform gives; None: all of that. ``sms_per_day`` alike.
    """

    email: str = ""
    website: str = ""
    instagram: str = ""
    facebook: str = ""
    tiktok: str = ""
    privacy_url: str = ""
    languages: tuple[str, ...] = ()
    clock: str = ""
    tone: str = ""
    feedback: str = ""
    review_url: str = ""
    consents: tuple[str, ...] = ()
    widget_sites: tuple[str, ...] = ()
    emails_per_day: int | None = None
    sms_per_day: int | None = None
    texts: tuple[BusinessText, ...] = ()

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> BusinessProfile:
        """Make it of what the column holds; what older or newer code wrote there is left out."""
        known = {name: value for name, value in row.items() if name in cls.__dataclass_fields__}
        texts = tuple(_read_text(each) for each in known.pop("texts", ()))
        lists = {name: tuple(known.get(name, ())) for name in ("languages", "consents", "widget_sites")}
        return cls(**{**known, "texts": texts, **lists})

    def say(self, field: str, language: str, *, main: str) -> str:
        """Return a text (a field of `BusinessText`) in a language, else in ``main``, else nothing."""
        by_language = {each.language: getattr(each, field) for each in self.texts}
        return by_language.get(language) or by_language.get(main) or ""


def _read_text(row: Mapping[str, str]) -> BusinessText:
    return BusinessText(**{name: value for name, value in row.items() if name in BusinessText.__dataclass_fields__})


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessSetup(BusinessProfile):
    """All that the owner sets up about the business itself."""

    name: str
    accent: str
    locale: str
    timezone: str
    sms_countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Logo:
    """The logo's stored sizes: ``key`` is part of their addresses; ``png_width`` is the one for mails."""

    key: str
    widths: tuple[int, ...]
    png_width: int


@dataclass(frozen=True, slots=True)
class TenantInfo:
    """A tenant as every other room sees it: a copy that asks no database.

    Attributes:
        vertical: Key of the industry pack.
        country: ISO 3166-1 alpha-2; `timezone` is IANA's, `currency` ISO 4217.
        locale: Language of the business, ``es`` or ``en``.
        status: A value of `tenants.enums.TenantStatus`.
        accent: Brand color, ``#rrggbb``.
        primary_host: Host (and port) of the booking page: a domain of its own while that is verified.
        home_host: Host (and port) below the platform's, which nothing takes away: people sign in there, because
            sessions and passkeys are for one host.
        status_since: When ``status`` began.
        is_closed_by_owner: Its owner closed it; of one that is open, False.
        suspension_reason: Why we suspended it, for its owner to read; empty when we did not.
        sms_countries: Whose numbers get SMS besides those of ``country`` (ISO 3166-1 alpha-2).
        is_example: The platform shows it to visitors; nothing leaves from it, and nobody signs in.
        published_at: Since when strangers book; None: the page is a draft that staff alone see.
        version: Of what its owner set up; the next change has to name it.
        tested_at: When staff first tried the customer's way.
        shared_at: When the owner said that customers know the page.
        guide_ended_at: Since when the list of first steps is put away; a business that was made whole has none.
        former_schemas: Of the businesses whose archives it was made of, oldest first.
        quiet_since: It is a copy that writes to no customer yet; None: it is none, or its owner said so.
        agreed: Version of each document of the platform that its owner accepted last, by document; None: a sample, of
            which nobody is asked.
        was_quiet_since: It was one from then until ``was_quiet_until``; None: it still is one, or never was.
    """

    id: int
    schema_name: str
    slug: str
    name: str
    vertical: str
    country: str
    timezone: str
    currency: str
    locale: str
    status: str
    accent: str
    primary_host: str
    entitlements: Mapping[str, int] = field(default_factory=dict)
    created_at: datetime | None = None
    trial_ends_at: datetime | None = None
    status_since: datetime | None = None
    suspension_reason: str = ""
    sms_countries: tuple[str, ...] = ()
    is_example: bool = False
    published_at: datetime | None = None
    tested_at: datetime | None = None
    shared_at: datetime | None = None
    guide_ended_at: datetime | None = None
    profile: BusinessProfile = field(default_factory=BusinessProfile)
    logo: Logo | None = None
    version: int = 1
    home_host: str = ""
    former_schemas: tuple[str, ...] = ()
    quiet_since: datetime | None = None
    was_quiet_since: datetime | None = None
    was_quiet_until: datetime | None = None
    is_closed_by_owner: bool = False
    agreed: Mapping[str, str] | None = None

    @property
    def is_published(self) -> bool:
        """Tell whether the booking page is there for everybody."""
        return self.published_at is not None

    @property
    def copied_at(self) -> datetime | None:
        """Return when it was made of another business that may be there as well; None: it was not."""
        return self.quiet_since or self.was_quiet_since

    def is_kept_back(self, at: datetime) -> bool:
        """Tell whether customers do not hear of what was to be said at an instant: it is, or was, a copy by then."""
        return self.quiet_since is not None or (self.was_quiet_until is not None and at <= self.was_quiet_until)

    @property
    def removed_at(self) -> datetime | None:
        """Return from when on a closed business may be removed with all its data; None while it is open."""
        if self.status != TenantStatus.CLOSED or self.status_since is None:
            return None
        return self.status_since + REMOVED_AFTER
