"""What the state of a business allows and what changes it, and which addresses a business may have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from kernel.text import mark
from tenants.context import current_tenant
from tenants.enums import Ability, SignUpStatus, TenantAct, TenantStatus
from tenants.errors import ActRefused, NotPublished, SlugInvalid, SlugMisleading, SlugReserved, SlugTaken, StatusForbids
from tenants.hosts import make_subdomain
from tenants.models import Domain, FormerAddress, SignUp, Tenant
from tenants.models.tenant import SLUG_PATTERN
from tenants.names import is_misleading, make_address

ALL = frozenset(Ability)
READING = frozenset({Ability.CANCEL, Ability.REMIND, Ability.OWNER_READ, Ability.STAFF_READ})
ABILITIES: Mapping[str, frozenset[Ability]] = {
    TenantStatus.PROVISIONING: frozenset(),
    TenantStatus.TRIAL: ALL,
    TenantStatus.ACTIVE: ALL,
    TenantStatus.PAST_DUE: ALL,
    TenantStatus.READ_ONLY: READING | {Ability.STEP},
    TenantStatus.SUSPENDED: READING,
    TenantStatus.CLOSED: frozenset({Ability.CANCEL, Ability.OWNER_READ}),
}
"""The one table of what can be done in which state; services ask it, pages only show what it says."""

NOT_READY = mark("This page is being prepared. Please come back in a minute.")
NO_BOOKINGS = mark("This business is not taking bookings online at the moment. Existing appointments stay as they are.")
NO_BOOKINGS_EVER = mark("This business no longer takes bookings here.")
NO_MOVES = mark(
    "Times cannot be changed online at the moment. Your appointment stays as it is; please call the business."
)
NO_MOVES_EVER = mark("Times can no longer be changed online.")
NO_MESSAGES = mark("Nobody can answer here at the moment. Please call the business.")
STAFF_READ_ONLY = mark(
    "The business is read-only, because a payment is overdue. Bookings that exist go on; nothing else can be changed."
)
STAFF_SUSPENDED = mark("The business is suspended. Everything can be read, but nothing can be changed.")
STAFF_CLOSED = mark("The business is closed. Its owner can still read everything, but nothing can be changed.")

CUSTOMER_TEXTS: Mapping[str, Mapping[Ability, str]] = {
    TenantStatus.READ_ONLY: {Ability.BOOK: NO_BOOKINGS, Ability.MOVE: NO_MOVES},
    TenantStatus.SUSPENDED: {Ability.BOOK: NO_BOOKINGS, Ability.MOVE: NO_MOVES, Ability.STEP: NO_MESSAGES},
    TenantStatus.CLOSED: {Ability.BOOK: NO_BOOKINGS_EVER, Ability.MOVE: NO_MOVES_EVER, Ability.STEP: NO_MESSAGES},
}
STAFF_TEXTS: Mapping[str, str] = {
    TenantStatus.READ_ONLY: STAFF_READ_ONLY,
    TenantStatus.SUSPENDED: STAFF_SUSPENDED,
    TenantStatus.CLOSED: STAFF_CLOSED,
}


@dataclass(frozen=True, slots=True)
class Transition:
    """From which states an act leads where; without ``target`` back to what the business was before."""

    sources: frozenset[TenantStatus]
    target: TenantStatus | None = None


LIVING = frozenset({TenantStatus.TRIAL, TenantStatus.ACTIVE, TenantStatus.PAST_DUE, TenantStatus.READ_ONLY})
TRANSITIONS: Mapping[TenantAct, Transition] = {
    TenantAct.ACTIVATE: Transition(LIVING - {TenantStatus.ACTIVE}, TenantStatus.ACTIVE),
    TenantAct.MARK_PAST_DUE: Transition(frozenset({TenantStatus.ACTIVE}), TenantStatus.PAST_DUE),
    TenantAct.RESTRICT: Transition(frozenset({TenantStatus.PAST_DUE}), TenantStatus.READ_ONLY),
    TenantAct.SUSPEND: Transition(LIVING, TenantStatus.SUSPENDED),
    TenantAct.RESUME: Transition(frozenset({TenantStatus.SUSPENDED})),
    TenantAct.CLOSE: Transition(LIVING | {TenantStatus.SUSPENDED}, TenantStatus.CLOSED),
    TenantAct.REOPEN: Transition(frozenset({TenantStatus.CLOSED})),
}
"""The state machine of a business."""

MIN_LENGTH = 3
MAX_LENGTH = 40
RESERVED = frozenset(
    """
    about abuse account accounts admin administrator api app apps assets auth autoconfig autodiscover
    backup billing blog booking bookings calendar cdn citas cloud console contact dashboard db demo dev
    developer developers docs domain download ejemplo email embed events example faq files forum ftp git help
    home host hostmaster html http https image images imap img info intranet invite isatap jobs js legal
    live localdomain localhost login logout mail mailer mailerdaemon manage marketing media metrics mx negocios
    news no-reply noreply ns ns1 ns2 ns3 oauth official operator operators order owner pay payment
    payments ping pop pop3 portal postmaster pricing privacy private public root sales secure security
    server settings shop sign-up signin signup site smtp soporte spam spare ssl staff staging static
    stats status store stripe sub support sysadmin system team tenant tenants terms test testing tls
    tools trial turnero update upload usage usenet user users uucp verify web webhook webhooks webmail
    webmaster widget wildcard workspace wpad www www1 www2
    """.split()  # noqa: SIM905 - a list of 180 words reads better so
)
"""Names that a customer could take for the platform's own, or that mail and web servers give a meaning to."""


def may_business(ability: Ability) -> bool:
    """Tell whether the state of the current business allows something: a button that would be refused is not shown.

    A copy reminds nobody until its owner says so.

    Raises:
        TenantUnknown: The work runs on the platform's behalf.
    """
    tenant = current_tenant()
    return ability in ABILITIES[tenant.status] and not (ability is Ability.REMIND and tenant.quiet_since)


def check_business_may(ability: Ability, *, is_staff: bool) -> None:
    """Refuse what the state of the current business does not allow; ``is_staff`` says who is told.

    Raises:
        StatusForbids: It does not allow it.
        NotPublished: Strangers book nothing while the page is a draft; what they have, they keep, move and cancel.
        TenantUnknown: The work runs on the platform's behalf.
    """
    if may_business(ability):
        if ability is Ability.BOOK and not is_staff:
            check_published()
        return
    status = current_tenant().status
    texts = {} if is_staff else CUSTOMER_TEXTS.get(status, {})
    raise StatusForbids(status=status, text=texts.get(ability) or STAFF_TEXTS.get(status, NOT_READY))


def check_published() -> None:
    """Refuse what strangers ask of a page that is a draft.

    Raises:
        NotPublished: It is one.
        TenantUnknown: The work runs on the platform's behalf.
    """
    if not current_tenant().is_published:
        raise NotPublished


def may_strangers_book() -> bool:
    """Tell whether anybody can book online: the state of the business allows it, and its page is published."""
    return may_business(Ability.BOOK) and current_tenant().is_published


def list_acts(status: str) -> tuple[TenantAct, ...]:
    """Return what may be done to a business in this state."""
    return tuple(act for act, each in TRANSITIONS.items() if status in each.sources)


def check_act(act: TenantAct, *, status: str, seen: str | None) -> None:
    """Refuse an act that is not possible in a state, or that was decided upon seeing another one.

    Raises:
        ActRefused: It is not, or was.
    """
    if status not in TRANSITIONS[act].sources or seen not in {None, status}:
        raise ActRefused(status=status)


def check_slug(slug: str) -> str:
    """Return ``slug`` when a business may have it as its address.

    A subdomain is a DNS label (RFC 1035 §2.3.1, at most 63 characters); ours are 3 to 40
    lower-case letters, digits and single hyphens, and begin with a letter.

    Raises:
        SlugInvalid: It is not of that shape; nothing is changed silently.
        SlugReserved: It is kept for the platform, or could be taken for somebody else's (`SlugMisleading`).
    """
    if not MIN_LENGTH <= len(slug) <= MAX_LENGTH or re.fullmatch(SLUG_PATTERN, slug, flags=re.ASCII) is None:
        raise SlugInvalid(errors={"slug": (SlugInvalid.text,)})
    if slug in RESERVED:
        raise SlugReserved
    if is_misleading(slug):
        raise SlugMisleading
    return slug


def suggest_slug(business_name: str) -> str:
    """Return a free address that the name of a business suggests; empty when none comes to mind."""
    own = make_address(business_name)
    for candidate in (own, f"citas-{own}", f"{own}-citas", f"{own}-1"):
        with suppress(SlugInvalid, SlugReserved, SlugTaken):
            return check_slug_is_free(candidate)
    return ""


def check_slug_is_free(slug: str, *, tenant_id: int | None = None) -> str:
    """Return ``slug`` when a business may have it and nobody has; ``tenant_id`` may go back to one of its own.

    Raises:
        SlugInvalid: As `check_slug`.
        SlugReserved: As `check_slug`.
        SlugTaken: Another business has it or had it, or has verified its e-mail and is being prepared.
    """
    check_slug(slug)
    if (
        Tenant.objects.filter(slug=slug).exists()
        or is_left_by_another(slug, tenant_id=tenant_id)
        or Domain.objects.filter(domain=make_subdomain(slug)).exists()
        or SignUp.objects.filter(slug=slug, status=SignUpStatus.VERIFIED).exists()
    ):
        raise SlugTaken
    return slug


def is_left_by_another(slug: str, *, tenant_id: int | None = None) -> bool:
    """Tell whether another business than ``tenant_id`` had this address, whatever became of that one."""
    left = FormerAddress.objects.filter(slug=slug)
    return (left if tenant_id is None else left.exclude(tenant_id=tenant_id)).exists()
