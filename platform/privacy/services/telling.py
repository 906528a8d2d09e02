"""Who is told what of a request: whoever asked, and the owners and managers of the business."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext

from accounts.selectors.staff import list_managers
from kernel.emails import clean_email
from kernel.formats import Formats, get_formats
from kernel.identity.greetings import greet_name
from kernel.identity.phones import clean_phone
from kernel.languages import LANGUAGES
from kernel.lines import clean_line
from kernel.text import mark
from notifications.hooks import register_event_handler, register_words
from notifications.services.messages import tell
from notifications.types.messages import EventView, Recipient, Subject
from notifications.types.words import Vocabulary, Words
from privacy.enums import RequestRight, RequestState
from privacy.models import PersonRequest
from privacy.selectors.requests import view_request
from privacy.services.links import make_url
from privacy.services.steps import ANSWERED, ASKED, DUE, EXTENDED, READY
from tenants.context import current_tenant
from tenants.enums import Urgency
from tenants.hosts import make_base_url

SUBJECT_KIND, FAREWELL_KIND = "person_request", "person_farewell"
"""Of messages about a request; and of the last one, to somebody of whom nothing else is kept any more."""
BUSINESS_NOTICE = "business_data_request"
LIMIT = "messages_staff"
QUOTE = 500
SAID: Mapping[str, str] = {
    RequestState.GRANTED: mark("We agree to what you asked, and do it by %(day)s at the latest."),
    RequestState.REFUSED: mark("We cannot do what you asked: %(reason)s"),
}
SAID_UNSURE = mark("We agree to what you asked, and do it as soon as we can.")
"""Where no law that we are sure of says until when: the page of the request names no day either."""


def register() -> None:
    """Listen to what happens to requests, and say which words their messages have."""
    register_event_handler("person_request.", tell_of_request)
    register_words(SUBJECT_KIND, Vocabulary(rows={"asked": mark("Request"), "note": mark("Note")}))
    register_words(FAREWELL_KIND, Vocabulary(rows={}))


def tell_of_request(event: EventView) -> None:
    """Tell whoever asked, and the business, what happened; nothing of a test, or once the person is erased.

    Whoever gave no contact is told in person; the business is told in any case.
    """
    request = PersonRequest.objects.select_related("booking").filter(pk=event.subject_id).first()
    if request is None or (request.ended_at is not None and not request.contact):
        return
    if request.booking is not None and (request.booking.is_test or request.booking.is_sample):
        return
    key = f"event:{event.id}"
    if event.kind == ASKED:
        tell_business(request, template="business_data_request", key=key, now=event.occurred_at)
        _tell_person(request, "data_request_received", {}, key=key, now=event.occurred_at)
    elif event.kind == EXTENDED:
        said = dict.fromkeys(LANGUAGES, request.extension_reason)
        _tell_person(request, "data_request_extended", said, key=key, now=event.occurred_at)
    elif event.kind in {ANSWERED, READY}:
        _tell_person(request, "data_request_done", _say_answer(request, event), key=key, now=event.occurred_at)
    elif event.kind == DUE:
        tell_business(request, template="business_data_request_due", key=key, now=event.occurred_at)


def tell_business(request: PersonRequest, *, template: str, key: str, now: datetime) -> None:
    """Tell owners and managers; of a time that runs out also those who want no other word of requests."""
    is_due = template != BUSINESS_NOTICE
    readers = list_managers(notice="" if is_due else BUSINESS_NOTICE)
    url = f"{make_base_url(current_tenant().home_host)}/workspace/privacy/{request.pk}/"
    words: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        formats = _get_formats(language)
        with translation.override(language):
            name = greet_name(request.name) or gettext("somebody")
            words[language] = {
                "customer_name": name,
                "request_kind": str(request.right),
                "asked": str(RequestRight(request.right).label),
                "note": "" if is_due else clean_line(request.text, limit=QUOTE),
                "answer_by": formats.format_date_long(request.carry_out_on or request.answer_on),
                "is_late": "yes" if now >= request.due_at else "",
                "is_agreed": "yes" if request.state == RequestState.GRANTED else "",
                "action_url": url,
                "action_label": gettext("Open the request"),
            }
    tell(
        recipients=[Recipient(email=each.email, locale=each.locale) for each in readers],
        template=template,
        about=Subject(kind=SUBJECT_KIND, id=request.pk),
        words=words,
        key=f"{key}:{template}",
        now=now,
        limit="messages_business",
        urgency=Urgency.LAST,
    )


def tell_farewell(request: PersonRequest, *, contact: str, words: str, is_blocked: bool, now: datetime) -> None:
    """Tell somebody who is erased, or blocked, that they are, at a contact that nothing else knows any more.

    What is left of the message goes when it was sent (`forgetting`).
    """
    url = make_url(request)
    said: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[language] = {
                "said": words,
                "is_blocked": "yes" if is_blocked else "",
                "action_url": url,
                "action_label": gettext("See your request"),
                "request_url": url,
            }
    tell(
        recipients=[_read_recipient(contact, request.locale)],
        template="person_erased",
        about=Subject(kind=FAREWELL_KIND, id=request.pk),
        words=said,
        key=f"{FAREWELL_KIND}:{request.pk}",
        now=now,
        is_secret=True,
        limit=LIMIT,
        urgency=Urgency.NOW,
    )


def _tell_person(request: PersonRequest, template: str, said: Mapping[str, str], *, key: str, now: datetime) -> None:
    if not request.contact:
        return
    tell(
        recipients=[_read_recipient(request.contact, request.locale)],
        template=template,
        about=Subject(kind=SUBJECT_KIND, id=request.pk),
        words=_make_words(request, said),
        key=f"{key}:{template}",
        now=now,
        limit=LIMIT,
        urgency=Urgency.SOON,
    )


def _make_words(request: PersonRequest, said: Mapping[str, str]) -> Words:
    url, is_sure = make_url(request), view_request(request).is_sure
    words: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        with translation.override(language):
            words[language] = {
                "customer_name": greet_name(request.name),
                "asked": str(RequestRight(request.right).label),
                "answer_by": _get_formats(language).format_date_long(request.answer_on) if is_sure else "",
                "said": _quote(said.get(language, "")),
                "action_url": url,
                "action_label": gettext("See your request"),
            }
    return words


def _say_answer(request: PersonRequest, event: EventView) -> Mapping[str, str]:
    """Return what is answered, in each language: as the request stands, whatever has happened since the event."""
    state = str(event.payload.get("state", request.state))
    said: dict[str, str] = {}
    for language in LANGUAGES:
        formats = _get_formats(language)
        with translation.override(language):
            if event.kind == READY:
                said[language] = gettext("Your file is ready. You can download it with the link.")
            elif state == RequestState.GRANTED and not view_request(request).is_sure:
                said[language] = gettext(SAID_UNSURE)
            elif state in SAID:
                day = formats.format_date_long(request.carry_out_on or request.answer_on)
                said[language] = gettext(SAID[state]) % {"day": day, "reason": request.answer}
            else:
                said[language] = request.answer
    return said


def _read_recipient(contact: str, locale: str) -> Recipient:
    """Return how somebody is reached who gave one line: an address or a number; by post, by neither."""
    email = clean_email(contact) if "@" in contact else None
    phone = None if email else clean_phone(contact, country=current_tenant().country)
    return Recipient(email=email or "", phone=phone or "", locale=locale)


def _get_formats(language: str) -> Formats:
    tenant = current_tenant()
    return get_formats(language, tenant.country, tenant.profile.clock)


def _quote(text: str) -> str:
    return text if len(text) <= QUOTE else f"{text[: QUOTE - 1].rstrip()}…"
