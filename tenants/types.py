"""Values that tenants hands to other rooms."""

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
    """

    language: str
    about: str = ""
    bring: str = ""
    policy: str = ""
    after: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether it says nothing."""
        return not (self.about or self.bring or self.policy or self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessProfile:
    """What a business says about itself and how it speaks, besides what every tenant has.

    Attributes:
        email: For customers; like the addresses of pages it is public.
        privacy_url: The business's own privacy notice.
        languages: In which customers can read its pages; empty: in all of the product.
        clock: ``12`` or ``24`` hours; empty: as its country.
        tone: How customers are addressed in Spanish, a `verticals.contract.Tone`; empty: as its trade.
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
    emails_per_day: int | None = None
    sms_per_day: int | None = None
    texts: tuple[BusinessText, ...] = ()

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> BusinessProfile:
        """Make it of what the column holds; what older or newer code wrote there is left out."""
        known = {name: value for name, value in row.items() if name in cls.__dataclass_fields__}
        texts = tuple(_read_text(each) for each in known.pop("texts", ()))
        return cls(**{**known, "texts": texts, "languages": tuple(known.get("languages", ()))})

    def say(self, field: str, language: str, *, main: str) -> str:
        """Return a text (``about``, ``bring``, ``policy``, ``after``) in a language, else in ``main``, else nothing."""
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


@dataclass(frozen=True, slots=True)
class AskedAct:
    """What somebody wants to be done to a business, and why.

    Attributes:
        author_id: The operator; None: a command or the system.
        seen: The state upon which it was decided; None: whatever it is.
    """

    schema_name: str
    reason: str
    author_id: int | None
    now: datetime
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class ActDone:
    """What was done to a business, by whom and why, for whoever keeps a log.

    Attributes:
        act: A `tenants.enums.TenantAct` or `CopyAct` value; ``old`` and ``new`` are states.
        author_id: The operator; None: a command, the system, or the owner of the business.
        user_id: Who of the business, for its own log; None: nobody of it.
    """

    tenant: TenantInfo
    act: str
    old: str
    new: str
    reason: str
    author_id: int | None
    at: datetime
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class RemovalProof:
    """That a business was removed; ``finished_at`` is None while that goes on. It names nobody."""

    tenant_id: int
    schema_name: str
    slug: str
    closed_at: datetime
    began_at: datetime
    finished_at: datetime | None
    backups_gone_at: datetime | None
    tables: int = 0
    rows: int = 0
    files: int = 0
    archives: int = 0
    cached: int = 0


@dataclass(frozen=True, slots=True)
class BusinessRemoved:
    """A business that is being removed at this moment: its people can still be found, within the transaction."""

    tenant: TenantInfo
    proof: RemovalProof
    at: datetime


@dataclass(frozen=True, slots=True)
class AddressChange:
    """What became of the addresses of the current business, for whoever keeps a log or writes to people.

    Attributes:
        event: A `tenants.enums.AddressEvent` value.
        tenant: As it is now.
        old: The host or domain before, and ``new`` after; empty: none.
        author_id: Who of the staff; None: nobody, it was found out.
        lack: What a domain that fell lacks, a `tenants.enums.Lack` value; ``points_to``, where it leads instead.
    """

    event: str
    tenant: TenantInfo
    old: str
    new: str
    author_id: int | None
    at: datetime
    lack: str = ""
    points_to: str = ""


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """A record that the owner of a domain has to write.

    Attributes:
        name: As most providers ask for it: what stands before the registered domain; ``@``: the domain itself.
        full_name: The whole name.
    """

    kind: str
    name: str
    full_name: str
    value: str


@dataclass(frozen=True, slots=True)
class OwnDomainView:
    """A domain of a business's own, and what was found out about it.

    Attributes:
        name: As name servers know it; ``shown`` as people write it.
        state: A `tenants.enums.DomainState` value, since ``state_since``.
        checked_at: Of the last look; None: none yet.
        is_asked: A look was asked for and has not been taken.
        has_proof: The TXT record stood there at the last look; ``is_pointed``: it led here.
        is_taken: Another business answers there.
        points_to: Where it led; empty: nowhere.
        our_addresses: Which an apex domain has to have where its provider knows no ALIAS; empty: not known yet.
        is_apex: It is a registered domain itself, which cannot have a CNAME.
    """

    name: str
    shown: str
    state: str
    state_since: datetime
    checked_at: datetime | None
    is_asked: bool
    has_proof: bool
    is_pointed: bool
    is_taken: bool
    points_to: str
    our_addresses: tuple[str, ...]
    is_apex: bool
    records: tuple[DnsRecord, ...]


@dataclass(frozen=True, slots=True)
class FormerAddressView:
    """An address that the business had, and until when it leads to the present one; None: not any more."""

    host: str
    redirects_until: datetime | None


@dataclass(frozen=True, slots=True)
class SignUpDetails:
    """What the owner of a new business typed; the password is hashed as Django stores it.

    Attributes:
        timezone: IANA's name, one of ``country``; empty: the one that most of its people live in.
        phone: E.164; like ``address`` it is for the customers of the business, and public.
    """

    business_name: str
    slug: str
    vertical: str
    country: str
    owner_name: str
    email: str
    password_hash: str
    locale: str
    timezone: str = ""
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class AcceptedText:
    """A text that the owner of a new business accepted, exactly as it was shown.

    Attributes:
        document: What it is (``terms``, ``privacy``); with ``version`` and ``language`` it names the text.
        digest: SHA-256 of the text, in hexadecimal digits.
        sentence: The words beside the box that was checked.
    """

    document: str
    version: str
    language: str
    digest: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """That somebody accepted a text, when and from where: ``address_block`` as limits count it."""

    text: AcceptedText
    email: str
    accepted_at: datetime
    address_block: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What the mail that verifies the address of a sign-up says; ``url`` works until ``expires_at``.

    ``number`` tells the mails of one sign-up apart: 1, and more when somebody asked for it again.
    """

    business_name: str
    slug: str
    owner_name: str
    email: str
    locale: str
    url: str
    expires_at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class AskedWorkplaces:
    """Somebody asked where an e-mail signs in, and where it does."""

    email: str
    locale: str
    businesses: tuple[TenantInfo, ...]


@dataclass(frozen=True, slots=True)
class TenantFile:
    """A stored object of a business: ``path`` inside of its own part of the storage, digest in hexadecimal."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class RestoredTenant:
    """A business that was made of an archive, for the rooms that have something to put right in it.

    Attributes:
        former_schema: Where its rows lay when they were copied.
        is_same_secret: The archive was made under the platform's present secret.
    """

    tenant: TenantInfo
    former_schema: str
    is_same_secret: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ErasedRows:
    """Rows about people that are erased, for the rooms that know something about them: ``kind`` is ``app.Model``."""

    kind: str
    row_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupTrouble:
    """Something that operators hear of: an archive that failed, or businesses without a good one for two nights.

    ``late`` counts those businesses; ``failure``, in English, and the business that it is about are empty then.
    """

    at: datetime
    schema_name: str = ""
    business_name: str = ""
    failure: str = ""
    late: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupStanding:
    """How the archives of a business stand.

    Attributes:
        verified_at: When the newest one that counts was restored for a try and found equal; None: never yet.
        is_late: That was two nights ago, or it never was and the business is two nights old.
        has_failed: The newest attempt failed; ``failure`` says why, in English, where one business is asked about.
    """

    verified_at: datetime | None
    is_late: bool
    has_failed: bool
    failure: str = ""
