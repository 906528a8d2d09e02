"""Sending the link to somebody's visits to whoever reads the messages of their contact."""

from __future__ import annotations

from datetime import datetime
from secrets import token_bytes

from django.utils import translation
from django.utils.translation import gettext

from database.transactions import write_transaction
from kernel.ids import hash_token, make_link_token
from kernel.languages import LANGUAGES
from notifications.services.messages import tell
from notifications.types.messages import Recipient, Subject
from notifications.types.words import Words
from scheduling.enums import ContactKind
from scheduling.models import VisitsLink
from scheduling.selectors.bookings.visits import has_visits
from scheduling.selectors.waitlist.entries import has_entries
from tenants.context import current_tenant
from tenants.enums import Urgency
from tenants.hooks import register_due_handler
from tenants.hosts import make_base_url
from tenants.services.due_work import add_due_work

DUE_KIND = "visits_link"
SUBJECT_KIND = "visits_link"
FOUND, NOT_FOUND = "visits_link", "visits_none"
LIMIT = "visits_links"
TOKEN_BYTES = 11


def register() -> None:
    """Do due work of the kind that `links.ask_for_visits` leaves."""
    register_due_handler(DUE_KIND, work_on_link)


@write_transaction()
def work_on_link(link_id: int, now: datetime) -> None:
    """Tell what was asked for, once, and remove the row when the link has ended (handler of due work)."""
    link = VisitsLink.objects.select_for_update().filter(pk=link_id).first()
    if link is None:
        return  # ended by its reader, or its contact was erased
    if link.expires_at <= now:
        link.delete()
        return
    if link.told_at is None:
        _tell(link, now)
    add_due_work(kind=DUE_KIND, row_id=link.pk, due_at=link.expires_at, now=now)


def _tell(link: VisitsLink, now: datetime) -> None:
    """Write the message: a link where there is something to see, if only a place on the waitlist.

    By e-mail also that there is nothing.

    An SMS to a number that nobody here knows would cost money and tell its owner nothing.
    """
    link.told_at = now
    token = ""
    if has_visits(link.contact) or has_entries(link.contact):
        token = make_link_token(token_bytes(TOKEN_BYTES))
        link.token_hash = hash_token(token)
    link.save(update_fields=["told_at", "token_hash"])
    is_email = link.kind == ContactKind.EMAIL
    if not token and not is_email:
        return
    tell(
        recipients=[
            Recipient(
                email=link.contact if is_email else "", phone="" if is_email else link.contact, locale=link.locale
            )
        ],
        template=FOUND if token else NOT_FOUND,
        about=Subject(kind=SUBJECT_KIND, id=link.pk),
        words=_make_words(token),
        key=f"{SUBJECT_KIND}:{link.pk}",
        now=now,
        expires_at=link.expires_at,
        is_secret=True,
        limit=LIMIT,
        urgency=Urgency.NOW,
    )


def _make_words(token: str) -> Words:
    base = make_base_url(current_tenant().primary_host)
    url = f"{base}/visits/{token}/" if token else f"{base}/"
    words: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        with translation.override(language):
            label = gettext("See my appointments") if token else gettext("Book an appointment")
        words[language] = {"action_url": url, "action_label": label, "visits_url": url}
    return words
