"""From a visitor to the owner of a business: sign-up, verified e-mail, provisioning, first entry."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import IntegrityError, transaction

from kernel.identity.recipients import name_recipient
from kernel.ids import hash_token, new_token
from kernel.limits import Ask
from tenants.enums import SignUpStatus, Urgency
from tenants.errors import LinkUnknown, SlugReserved, SlugTaken, TooManySignUps
from tenants.models import SignUp, TermsAcceptance
from tenants.policies import check_slug_is_free
from tenants.selectors.resolution import find_tenant, forget_tenants
from tenants.selectors.sign_ups import list_acceptances, make_progress_token, make_verify_token
from tenants.services.counts import count_up
from tenants.services.due_work import add_due_work
from tenants.services.provisioning import provision_tenant
from tenants.types import AcceptedText, SignUpDetails

AWAITING = (SignUpStatus.STARTED, SignUpStatus.FAILED)
"""States in which a verification link starts provisioning."""
LINK_LIFE = timedelta(hours=24)
ENTRY_LIFE = timedelta(minutes=10)
ENTRY_SALT = "tenants.entry"
EMAIL_KIND = "sign_up_email"
"""Due work: write to the owner; done by the room that writes to people."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SignUpProgress:
    """How far a sign-up is.

    Attributes:
        status: A value of `SignUpStatus`.
        failure: Code of what went wrong, when the status is ``failed``.
        host: Where the workspace answers, once it is ready.
        entry_token: Lets the owner in once, within ten minutes; empty until it is ready.
        progress_token: Of the page that shows all this.
        verify_token: To choose another address, only when provisioning failed; else empty.
    """

    status: str
    failure: str
    business_name: str
    slug: str
    email: str
    host: str
    entry_token: str
    progress_token: str
    verify_token: str


def start_sign_up(
    *, details: SignUpDetails, now: datetime, accepted: Sequence[AcceptedText] = (), address_block: str = ""
) -> str:
    """Remember a sign-up and have its verification mail sent; return the token of its progress page.

    The address is not kept until the e-mail is verified: whoever only typed it blocks nobody.
    ``accepted`` are the texts that were agreed to, kept for good with ``now`` and ``address_block``.

    Raises:
        SlugInvalid, SlugReserved, SlugTaken: The address cannot be had.
        TooManySignUps: The mailbox got as many of these mails as it may today.
    """
    check_slug_is_free(details.slug)
    with transaction.atomic():
        _count_mail(details.email, now)
        sign_up = SignUp(
            business_name=details.business_name,
            slug=details.slug,
            vertical=details.vertical,
            country=details.country,
            owner_name=details.owner_name,
            email=details.email,
            password_hash=details.password_hash,
            locale=details.locale,
            timezone=details.timezone,
            phone=details.phone,
            address=details.address,
            created_at=now,
            expires_at=now + LINK_LIFE,
            # Replaced at once, when the number is known; unique until then.
            verify_token_hash=hash_token(new_token()),
            progress_token_hash=hash_token(new_token()),
        )
        sign_up.save()
        sign_up.verify_token_hash = hash_token(make_verify_token(sign_up))
        progress_token = make_progress_token(sign_up)
        sign_up.progress_token_hash = hash_token(progress_token)
        sign_up.save(update_fields=["verify_token_hash", "progress_token_hash"])
        TermsAcceptance.objects.bulk_create(
            TermsAcceptance(
                sign_up_number=sign_up.pk,
                email=details.email,
                document=text.document,
                version=text.version,
                language=text.language,
                digest=text.digest,
                sentence=text.sentence,
                address_block=address_block,
                accepted_at=now,
            )
            for text in accepted
        )
        add_due_work(kind=EMAIL_KIND, row_id=sign_up.pk, due_at=now, now=now, urgency=Urgency.NOW)
    return progress_token


@transaction.atomic
def send_again(*, token: str, email: str | None = None, now: datetime) -> None:
    """Have the verification mail sent once more, to another address when the first one was mistyped.

    Nothing happens when the address is verified already. The link in mails to the old address
    stops working.

    Raises:
        LinkUnknown: The progress token is broken, or the sign-up older than a day.
        TooManySignUps: The mailbox got as many of these mails as it may today.
    """
    sign_up = SignUp.objects.select_for_update().filter(progress_token_hash=hash_token(token)).first()
    if sign_up is None or now >= sign_up.expires_at:
        raise LinkUnknown
    if sign_up.status != SignUpStatus.STARTED:
        return
    sign_up.email = email or sign_up.email
    _count_mail(sign_up.email, now)
    sign_up.verify_token_hash = hash_token(make_verify_token(sign_up))
    sign_up.mails += 1
    sign_up.save(update_fields=["email", "verify_token_hash", "mails"])
    # A mistyped address may be a stranger's: they accepted nothing.
    TermsAcceptance.objects.filter(sign_up_number=sign_up.pk).exclude(email=sign_up.email).update(email=sign_up.email)
    add_due_work(kind=EMAIL_KIND, row_id=sign_up.pk, due_at=now, now=now, urgency=Urgency.NOW)


def check_verify_token(*, token: str, now: datetime) -> SignUpProgress:
    """Return the sign-up that a verification link belongs to; changes nothing.

    Raises:
        LinkUnknown: The link is broken or older than a day.
    """
    return _progress(_get_by_verify_token(token, now))


def verify_email(*, token: str, slug: str | None = None, now: datetime) -> str:
    """Take a verification link: keep the address, start provisioning; return the progress token.

    ``slug`` replaces the address that was asked for: it may have gone to someone else
    meanwhile, and nothing else that was typed must be lost for that. Taking the same link
    again changes nothing, unless provisioning failed: then it starts anew.

    Raises:
        LinkUnknown: The link is broken or older than a day.
        SlugInvalid, SlugReserved, SlugTaken: The address cannot be had (any more).
    """
    sign_up = _get_by_verify_token(token, now)
    if sign_up.status in AWAITING:
        wanted = check_slug_is_free(sign_up.slug if slug is None else slug)
        try:
            with transaction.atomic():
                changed = SignUp.objects.filter(pk=sign_up.pk, status__in=AWAITING).update(
                    slug=wanted, status=SignUpStatus.VERIFIED, failure=""
                )
                if changed:
                    add_due_work(kind="provision", row_id=sign_up.pk, due_at=now, now=now, urgency=Urgency.NOW)
                    transaction.on_commit(forget_tenants)
        except IntegrityError as error:
            raise SlugTaken from error
    return make_progress_token(sign_up)


def provision_sign_up(row_id: int, now: datetime) -> None:
    """Make the tenant of a verified sign-up (handler of due work ``provision``); safe to run twice."""
    with transaction.atomic():
        sign_up = SignUp.objects.select_for_update().filter(pk=row_id, status=SignUpStatus.VERIFIED).first()
        if sign_up is None:
            return
        details = SignUpDetails(
            business_name=sign_up.business_name,
            slug=sign_up.slug,
            vertical=sign_up.vertical,
            country=sign_up.country,
            owner_name=sign_up.owner_name,
            email=sign_up.email,
            password_hash=sign_up.password_hash,
            locale=sign_up.locale,
            timezone=sign_up.timezone,
            phone=sign_up.phone,
            address=sign_up.address,
        )
        try:
            tenant = provision_tenant(details=details, now=now, is_draft=True, agreed=_list_agreed(sign_up))
        except (SlugTaken, SlugReserved) as error:
            sign_up.status, sign_up.failure = SignUpStatus.FAILED, error.code
        else:
            sign_up.status, sign_up.schema_name = SignUpStatus.DONE, tenant.schema_name
            # The hash now lives in the tenant's schema; here it has done its duty.
            sign_up.password_hash = ""
        sign_up.save(update_fields=["status", "failure", "schema_name", "password_hash"])


def get_progress(*, token: str, now: datetime) -> SignUpProgress:
    """Return how far a sign-up is.

    Raises:
        LinkUnknown: The link is broken or belongs to nothing.
    """
    sign_up = SignUp.objects.filter(progress_token_hash=hash_token(token)).first()
    if sign_up is None or now >= sign_up.created_at + 2 * LINK_LIFE:
        raise LinkUnknown
    return _progress(sign_up)


def take_entry(*, token: str, schema_name: str, now: datetime) -> str:
    """Use up the owner's first entry into the workspace; return the owner's e-mail.

    Raises:
        LinkUnknown: The entry is broken, older than ten minutes, used, or another tenant's.
    """
    try:
        number = signing.loads(token, salt=f"{ENTRY_SALT}.{schema_name}", max_age=ENTRY_LIFE)
    except signing.BadSignature as error:
        raise LinkUnknown from error
    taken = SignUp.objects.filter(pk=number, schema_name=schema_name, entry_used_at=None).update(entry_used_at=now)
    if not taken:
        raise LinkUnknown
    email: str = SignUp.objects.values_list("email", flat=True).get(pk=number)
    return email


def _list_agreed(sign_up: SignUp) -> dict[str, str]:
    return {each.text.document: each.text.version for each in list_acceptances(sign_up)}


def _count_mail(email: str, now: datetime) -> None:
    refused = count_up([Ask("sign_up_mails", name_recipient(email))], now=now)
    if refused:
        raise TooManySignUps(wait_seconds=max(refused.values()).total_seconds())


def _get_by_verify_token(token: str, now: datetime) -> SignUp:
    sign_up = SignUp.objects.filter(verify_token_hash=hash_token(token)).first()
    if sign_up is None or now >= sign_up.expires_at:
        raise LinkUnknown
    return sign_up


def _progress(sign_up: SignUp) -> SignUpProgress:
    tenant = find_tenant(sign_up.schema_name) if sign_up.status == SignUpStatus.DONE else None
    may_enter = tenant is not None and sign_up.entry_used_at is None
    return SignUpProgress(
        status=sign_up.status,
        failure=sign_up.failure,
        business_name=sign_up.business_name,
        slug=sign_up.slug,
        email=sign_up.email,
        host=tenant.primary_host if tenant else "",
        entry_token=signing.dumps(sign_up.pk, salt=f"{ENTRY_SALT}.{sign_up.schema_name}") if may_enter else "",
        progress_token=make_progress_token(sign_up),
        verify_token=make_verify_token(sign_up) if sign_up.status == SignUpStatus.FAILED else "",
    )
