"""The one message that the platform itself sends: the verification of a sign-up."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from kernel.lines import clean_name
from tenants.enums import SignUpStatus
from tenants.hosts import get_platform_name
from tenants.models import SignUp
from tenants.services.sign_up import make_verify_token


def send_verification(row_id: int, now: datetime) -> None:  # noqa: ARG001 - handlers of due work get the time
    """Send the verification e-mail (handler of due work ``sign_up_email``).

    The Message-ID is the same each time, so a repeated one can be told from a new one.
    """
    sign_up = SignUp.objects.filter(pk=row_id, status=SignUpStatus.STARTED).first()
    if sign_up is None:
        return
    scheme = "https" if settings.SESSION_COOKIE_SECURE else "http"
    business_name = clean_name(sign_up.business_name) or sign_up.slug
    context = {
        "business_name": business_name,
        "owner_name": clean_name(sign_up.owner_name) or business_name,
        "link": f"{scheme}://{settings.PLATFORM_HOST}/sign-up/verify/{make_verify_token(sign_up)}/",
    }
    with translation.override(sign_up.locale):
        message = EmailMultiAlternatives(
            subject=" ".join(gettext("Confirm your e-mail for Turnero").split()),
            body=render_to_string("tenants/verify_email.txt", context),
            to=[sign_up.email],
            headers={"Message-ID": f"<sign-up-{sign_up.pk}@{get_platform_name()}>"},
        )
        message.attach_alternative(render_to_string("tenants/verify_email.html", context), "text/html")
    message.send()
