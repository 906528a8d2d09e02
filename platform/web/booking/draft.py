"""What a visitor has chosen and typed so far, sealed into the address of the next page.

No cookie, no storage and no row for somebody who is only looking; the back button, reload and two
tabs at once work by themselves. The seal encrypts, since a plate, a note or a phone number must
not be readable in a log or in the history, and it is bound to the tenant.
"""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import MISSING, Field, asdict, dataclass, field, fields, replace
from datetime import datetime
from secrets import token_urlsafe
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.core.cache import cache

from kernel.iso import parse_instant
from kernel.money import Price
from scheduling.types import Wish
from tenants.secrets import list_hashes

PARAMETER = "d"
MAX_AGE_SECONDS = 24 * 3600
MAX_SEALED_LENGTH = 12_000
VISIT_BYTES = 12
MADE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class HeldTime:
    """A hold that this visitor has, with what was promised for it.

    Attributes:
        hold_id: 0: the time is not kept for them, since their network keeps many already.
        wish: What it was taken for; None when an older version of this program wrote it down.
        is_extended: It was kept longer already.
        first_deposit_minor: What is due in advance of whoever comes for the first time, where that is more.
    """

    hold_id: int
    token: str
    wish: Wish | None
    starts_at: datetime
    ends_at: datetime
    expires_at: datetime
    price_minor: int | None
    currency: str
    deposit_minor: int
    is_price_from: bool = False
    is_extended: bool = False
    first_deposit_minor: int = 0

    @property
    def price(self) -> Price:
        """What was promised that the visit costs."""
        return Price(self.price_minor, self.currency, is_from=self.is_price_from)


@dataclass(frozen=True, slots=True)
class Draft:
    """The choices and texts of one visitor.

    Attributes:
        is_test: Staff tries the page (`web.booking.flow`); it means nothing for anybody else.
        visit: Random name of this run through the pages.
        further_ids: Services after ``service_id`` in the same visit, in order.
        photos: How many were sent, as far as this page knows.
        answers: To the service's own questions, by their keys, as they are sent: "yes" and "no", a number with a point.
        is_visit_told: The questions about the visit were answered.
        repeats: Starts of the same visit on later dates, RFC 3339; ``repeat_every`` so many weeks.
        code_to: The contact that a code was sent to; empty: none was asked for.
        agreed: To what else they agreed, as `scheduling.enums.ConsentPurpose` calls it; nothing is ticked before.
        notice: Version of the privacy notice that the page showed (`privacy.selectors.notices`).
        linked_resource_id: Whom the link offers by which this visitor came (`services.visits.person_links`).
        visits_link: The link to their own visits from which this visitor came; it proves whose its contact is.
        phone: As typed; ``phone_region`` is the country chosen beside it (ISO 3166-1).
    """

    visit: str = field(default_factory=lambda: token_urlsafe(VISIT_BYTES))
    location_id: int | None = None
    service_id: int | None = None
    further_ids: tuple[int, ...] = ()
    resource_id: int | None = None
    add_on_ids: tuple[int, ...] = ()
    party_size: int = 1
    arrival_mode: str = ""
    asset: Mapping[str, str] = field(default_factory=dict)
    symptoms: tuple[str, ...] = ()
    note: str = ""
    photos: int = 0
    answers: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    is_visit_told: bool = False
    name: str = ""
    phone: str = ""
    phone_region: str = ""
    email: str = ""
    wants_reminders: bool = True
    agreed: tuple[str, ...] = ()
    notice: str = ""
    hold: HeldTime | None = None
    repeats: tuple[str, ...] = ()
    repeat_every: int = 0
    code_to: str = ""
    visits_link: str = ""
    linked_resource_id: int | None = None
    is_test: bool = False

    @property
    def series_price(self) -> Price | None:
        """What all dates of a repeated visit cost together, as far as that is known; None: it is one visit."""
        if self.hold is None or not self.repeats or self.hold.price.amount_minor is None:
            return None
        return self.hold.price.times(len(self.repeats) + 1)

    def choose_service(self, service_id: int) -> Draft:
        """Return the draft with another service; what belongs to the old one is dropped.

        Who came by a link to a person has no old one: the person stays.
        """
        if service_id == self.service_id:
            return self
        resource_id = self.resource_id if self.service_id is None else None
        return replace(
            self, service_id=service_id, further_ids=(), resource_id=resource_id, add_on_ids=(), party_size=1,
            answers={}, is_visit_told=False, hold=None,
        )  # fmt: skip

    def choose_further(self, service_ids: tuple[int, ...]) -> Draft:
        """Return the draft with other services after the first one; the hold was for another visit."""
        return self if service_ids == self.further_ids else replace(self, further_ids=service_ids, hold=None)

    def choose_location(self, location_id: int) -> Draft:
        """Return the draft at another location."""
        if location_id == self.location_id:
            return self
        return replace(
            self, location_id=location_id, service_id=None, further_ids=(), resource_id=None, add_on_ids=(), hold=None
        )


def seal_draft(draft: Draft, *, schema_name: str) -> str:
    """Return ``draft`` as encrypted text that is safe in an address; empty when nothing was chosen yet."""
    told = {
        each.name: getattr(draft, each.name) for each in fields(draft) if getattr(draft, each.name) != _default(each)
    }
    if told.keys() <= {"visit"}:
        return ""
    body = json.dumps(told, default=_encode, separators=(",", ":"), ensure_ascii=False)
    return _get_fernet(schema_name).encrypt(zlib.compress(body.encode())).decode().rstrip("=")


def open_draft(sealed: str, *, schema_name: str) -> Draft:
    """Return the draft in ``sealed``; a fresh one if it is foreign, damaged or older than a day."""
    if not sealed or len(sealed) > MAX_SEALED_LENGTH:
        return Draft()
    padded = sealed + "=" * (-len(sealed) % 4)
    try:
        body = zlib.decompress(_get_fernet(schema_name).decrypt(padded.encode(), ttl=MAX_AGE_SECONDS))
        return _read_draft(json.loads(body))
    except (InvalidToken, zlib.error, ValueError, KeyError, TypeError):
        return Draft()


def remember_hold(draft: Draft, *, now: datetime) -> None:
    """Keep the visitor's hold beside the address, for the page that the back button shows.

    That page knows nothing of the hold taken from it; without this, the visitor's own
    hold would look like somebody else's. A lost cache costs only that.
    """
    if draft.hold is None or not draft.hold.hold_id:
        return
    seconds = max(1, int((draft.hold.expires_at - now).total_seconds()))
    cache.set(_name_hold(draft), json.dumps(draft.hold, default=_encode), seconds)


def recall_hold(draft: Draft, *, now: datetime) -> HeldTime | None:
    """Return the hold that this visitor still has, if any."""
    stored = cache.get(_name_hold(draft))
    hold = _read_hold(json.loads(stored)) if isinstance(stored, str) else draft.hold
    return hold if hold and hold.expires_at > now else None


def forget_hold(draft: Draft) -> None:
    """Forget the hold: it became a booking or was given back."""
    cache.delete(_name_hold(draft))


def remember_booking(draft: Draft, manage_token: str) -> None:
    """Keep where the booking of the draft's time is managed, for a form that is sent twice."""
    cache.set(_name_made(draft), manage_token, MADE_SECONDS)


def recall_booking(draft: Draft) -> str:
    """Return the manage token of the booking that was just made of the draft's time; empty when unknown."""
    token = cache.get(_name_made(draft))
    return token if isinstance(token, str) else ""


def _name_hold(draft: Draft) -> str:
    return f"booking-hold:{draft.visit}"


def _name_made(draft: Draft) -> str:
    """Name what was booked by its time as well: the back button leads to another one in the same run."""
    hold = draft.hold
    return f"booking-made:{draft.visit}" + (f":{hold.hold_id}:{hold.starts_at.isoformat()}" if hold else "")


def _get_fernet(schema_name: str) -> MultiFernet:
    keys = [bytes.fromhex(each) for each in list_hashes("web.booking.draft", schema_name)]
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in keys])


def _default(each: Field[Any]) -> object:
    return each.default_factory() if each.default_factory is not MISSING else each.default


def _encode(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    assert isinstance(value, HeldTime)
    return asdict(value)


def _read_draft(body: dict[str, Any]) -> Draft:
    for key in ("add_on_ids", "further_ids", "symptoms", "repeats", "agreed"):
        if key in body:
            body[key] = tuple(body[key])
    if "answers" in body:
        answers = body["answers"].items()
        body["answers"] = {key: tuple(each) if isinstance(each, list) else each for key, each in answers}
    if "hold" in body:
        body["hold"] = _read_hold(body["hold"])
    return Draft(**body)


def _read_hold(body: dict[str, Any]) -> HeldTime:
    instants = {key: parse_instant(body[key]) for key in ("starts_at", "ends_at", "expires_at")}
    wish = body["wish"]
    return HeldTime(**{**body, **instants, "wish": _read_wish(wish) if isinstance(wish, dict) else None})


def _read_wish(body: dict[str, Any]) -> Wish:
    """Return the wish; what this version does not know of it is left out, and what is missing has its default."""
    known = {each.name: body[each.name] for each in fields(Wish) if each.name in body}
    for name, value in known.items():
        known[name] = tuple(value) if isinstance(value, list) else value
    return Wish(**known)
