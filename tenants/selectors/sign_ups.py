"""Reading sign-ups, and the tokens that are derived from them."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.db.models import Q

from kernel.errors import NotFound
from kernel.ids import hash_token
from tenants.enums import SignUpStatus
from tenants.hosts import make_base_url
from tenants.models import SignUp, TermsAcceptance
from tenants.secrets import list_secrets
from tenants.types import Acceptance, AcceptedText, Verification

VERIFY_SALT = "tenants.sign_up.verify"
PROGRESS_SALT = "tenants.sign_up.progress"


def find_verification(sign_up_id: int) -> Verification | None:
    """Return what the mail that verifies an address needs; None when there is nothing to verify any more."""
    sign_up = SignUp.objects.filter(pk=sign_up_id, status=SignUpStatus.STARTED).first()
    if sign_up is None:
        return None
    return Verification(
        business_name=sign_up.business_name,
        slug=sign_up.slug,
        owner_name=sign_up.owner_name,
        email=sign_up.email,
        locale=sign_up.locale,
        url=f"{make_base_url(settings.PLATFORM_HOST)}/sign-up/verify/{make_verify_token(sign_up)}/",
        expires_at=sign_up.expires_at,
        number=sign_up.mails,
    )


def list_acceptances(sign_up: SignUp) -> tuple[Acceptance, ...]:
    """Return the texts that a sign-up accepted, by document."""
    return tuple(
        _describe(row) for row in TermsAcceptance.objects.filter(sign_up_number=sign_up.pk).order_by("document")
    )


def list_acceptances_of(schema_name: str) -> tuple[Acceptance, ...]:
    """Return the texts that a business accepted, when it signed up and later; the newest first, then by document."""
    sign_ups = SignUp.objects.filter(schema_name=schema_name).values("pk")
    of_business = Q(sign_up_number__in=sign_ups) | Q(business=schema_name)
    rows = TermsAcceptance.objects.filter(of_business).order_by("-accepted_at", "document")
    return tuple(_describe(row) for row in rows)


def get_acceptance_of(schema_name: str, number: int) -> Acceptance:
    """Return a text that a business accepted.

    Raises:
        NotFound: It accepted none with this number.
    """
    found = next((each for each in list_acceptances_of(schema_name) if each.number == number), None)
    if found is None:
        raise NotFound
    return found


def _describe(row: TermsAcceptance) -> Acceptance:
    text = AcceptedText(
        document=row.document, version=row.version, language=row.language, digest=row.digest, sentence=row.sentence
    )
    return Acceptance(
        number=row.pk, text=text, email=row.email, accepted_at=row.accepted_at, address_block=row.address_block
    )


def make_verify_token(sign_up: SignUp) -> str:
    """Return the token of the verification link: derived, so that the mail can be made again.

    It proves one address: when that is corrected, the link in a mail to the wrong one is worth nothing.
    """
    return _sign(f"{VERIFY_SALT}.{sign_up.email}", sign_up, sign_up.verify_token_hash)


def make_progress_token(sign_up: SignUp) -> str:
    """Return the token of the page that shows how far the sign-up is."""
    return _sign(PROGRESS_SALT, sign_up, sign_up.progress_token_hash)


def _sign(salt: str, sign_up: SignUp, stored: str) -> str:
    """Derive a token: the number and when it was asked for, under the secret under which it was stored.

    What was stored under none that is listed, or not yet, gets the present one.
    """
    text = f"{sign_up.pk}-{int(sign_up.created_at.timestamp() * 1000)}"
    tokens = [signing.Signer(key=each, salt=salt).sign(text).replace(":", ".") for each in list_secrets()]
    return next((each for each in tokens if hash_token(each) == stored), tokens[0])
