"""Reading sign-ups, and the tokens that are derived from them."""

from __future__ import annotations

from django.conf import settings
from django.core import signing

from tenants.enums import SignUpStatus
from tenants.hosts import make_base_url
from tenants.models import SignUp
from tenants.types import Verification

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
    )


def make_verify_token(sign_up: SignUp) -> str:
    """Return the token of the verification link: derived, so that the mail can be made again."""
    return _sign(VERIFY_SALT, sign_up)


def make_progress_token(sign_up: SignUp) -> str:
    """Return the token of the page that shows how far the sign-up is."""
    return _sign(PROGRESS_SALT, sign_up)


def _sign(salt: str, sign_up: SignUp) -> str:
    """Derive a token: the number and when it was asked for, under the platform's secret."""
    stamp = int(sign_up.created_at.timestamp() * 1000)
    return signing.Signer(salt=salt).sign(f"{sign_up.pk}-{stamp}").replace(":", ".")
