"""Which addresses a business may have."""

from __future__ import annotations

import re

from tenants.enums import SignUpStatus
from tenants.errors import SlugInvalid, SlugReserved, SlugTaken
from tenants.hosts import make_subdomain
from tenants.models import Domain, SignUp, Tenant
from tenants.models.tenant import SLUG_PATTERN

MIN_LENGTH = 3
MAX_LENGTH = 40
RESERVED = frozenset(
    """
    about abuse account accounts admin administrator api app apps assets auth autoconfig autodiscover
    backup billing blog booking bookings calendar cdn citas cloud console contact dashboard db demo dev
    developer developers docs domain download email embed events example faq files forum ftp git help
    home host hostmaster html http https image images imap img info intranet invite isatap jobs js legal
    live localdomain localhost login logout mail mailer mailerdaemon manage marketing media metrics mx
    news no-reply noreply ns ns1 ns2 ns3 oauth official operator operators order owner pay payment
    payments ping pop pop3 portal postmaster pricing privacy private public root sales secure security
    server settings shop sign-up signin signup site smtp soporte spam spare ssl staff staging static
    stats status store stripe sub support sysadmin system team tenant tenants terms test testing tls
    tools trial turnero update upload usage usenet user users uucp verify web webhook webhooks webmail
    webmaster widget wildcard workspace wpad www www1 www2
    """.split()  # noqa: SIM905 - a list of 180 words reads better so
)
"""Names that a customer could take for the platform's own, or that mail and web servers give a meaning to."""


def check_slug(slug: str) -> str:
    """Return ``slug`` when a business may have it as its address.

    A subdomain is a DNS label (RFC 1035 §2.3.1, at most 63 characters); ours are 3 to 40
    lower-case letters, digits and single hyphens, and begin with a letter.

    Raises:
        SlugInvalid: It is not of that shape; nothing is changed silently.
        SlugReserved: It is kept for the platform.
    """
    if not MIN_LENGTH <= len(slug) <= MAX_LENGTH or re.fullmatch(SLUG_PATTERN, slug, flags=re.ASCII) is None:
        raise SlugInvalid(errors={"slug": (SlugInvalid.text,)})
    if slug in RESERVED:
        raise SlugReserved
    return slug


def check_slug_is_free(slug: str) -> str:
    """Return ``slug`` when a business may have it and nobody has.

    Raises:
        SlugInvalid: As `check_slug`.
        SlugReserved: As `check_slug`.
        SlugTaken: Another business has it, or has verified its e-mail and is being prepared.
    """
    check_slug(slug)
    if (
        Tenant.objects.filter(slug=slug).exists()
        or Domain.objects.filter(domain=make_subdomain(slug)).exists()
        or SignUp.objects.filter(slug=slug, status=SignUpStatus.VERIFIED).exists()
    ):
        raise SlugTaken
    return slug
