"""Asking for the link to one's visits, and ending it.

Whoever asks learns nothing: for a contact that nobody here knows the same row is written and the same work is due.
What is found out, a worker finds out, and only who reads the contact's messages is told.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from database.transactions import write_transaction
from kernel.emails import clean_email
from kernel.identity.phones import clean_phone, explain_phone
from kernel.ids import hash_token
from scheduling.enums import ContactKind
from scheduling.errors import RequestInvalid
from scheduling.models import VisitsLink
from scheduling.services.visits.telling import DUE_KIND
from scheduling.services.writing.inputs import CONTACT_MISSING, EMAIL_WRONG
from tenants.context import current_tenant
from tenants.enums import Urgency
from tenants.services.due_work import add_due_work, remove_due_work

LINK_LIFE = timedelta(days=1)
"""How long one sees one's visits with a link: it lies in a mailbox that others may read one day."""
MOST_FORGOTTEN = 100


def read_contact(typed: str) -> tuple[ContactKind, str]:
    """Return what sort of contact was typed, and how it is stored.

    Raises:
        RequestInvalid: It is neither an e-mail address nor a phone number; ``errors`` names ``contact``.
    """
    text = typed.strip()
    email = clean_email(text) if "@" in text else None
    phone = None if "@" in text else clean_phone(text, country=current_tenant().country)
    if email:
        return ContactKind.EMAIL, email
    if phone:
        return ContactKind.PHONE, phone
    is_number = any(map(str.isdigit, text))  # what has neither sign of one nor of the other is no wrong number
    fault = EMAIL_WRONG if "@" in text else explain_phone(text) if is_number else CONTACT_MISSING
    raise RequestInvalid(errors={"contact": (fault,)})


@write_transaction()
def ask_for_visits(*, contact: str, locale: str, now: datetime) -> None:
    """Send the link to the visits of a contact to that contact, if there are any; nothing of it is told here.

    Raises:
        RequestInvalid: As `read_contact`.
    """
    kind, value = read_contact(contact)
    ended = VisitsLink.objects.filter(expires_at__lte=now).order_by("expires_at").values_list("pk", flat=True)
    VisitsLink.objects.filter(pk__in=list(ended[:MOST_FORGOTTEN])).delete()
    link = VisitsLink.objects.create(
        kind=kind, contact=value, locale=locale, created_at=now, expires_at=now + LINK_LIFE
    )
    add_due_work(kind=DUE_KIND, row_id=link.pk, due_at=now, now=now, urgency=Urgency.NOW)


@write_transaction()
def end_visits_link(*, token: str) -> None:
    """Let a link lead nowhere any more: whoever opened it on a machine of others leaves. Safe to repeat."""
    link = VisitsLink.objects.select_for_update().filter(token_hash=hash_token(token)).first() if token else None
    if link is not None:
        remove_due_work(kind=DUE_KIND, row_id=link.pk)
        link.delete()
