"""Asking for one's visits, and seeing them: the token in the address is the permission.

A GET never changes anything: programs that look into mails open links.
"""

from __future__ import annotations

from functools import wraps
from typing import Any, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from billing.selectors.credits import list_credits_of, sum_up
from edge.access import open_to_anyone
from edge.language import current_language
from edge.limits import check_limits, list_write_asks
from edge.requests import find_block
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Invalid, LimitReached
from kernel.limits import Ask
from kernel.text import mark
from notifications.services.recipients import sends_sms
from scheduling.enums import ContactKind
from scheduling.errors import RequestInvalid, VisitsLinkUnknown
from scheduling.selectors.bookings.visits import get_own_data, get_visits_contact, list_own_photos, list_visits
from scheduling.selectors.waitlist.entries import list_entries_of
from scheduling.services.consent_links import make_consent_token
from scheduling.services.visits.links import ask_for_visits, end_visits_link, read_contact
from tenants.context import current_tenant
from verticals.registry import get_vertical
from web.booking.pages import Step, answer_own_data, keep_private
from web.booking.sent_photos import show_photos
from web.booking.visits.cards import make_cards
from web.booking.visits.own_data import describe_own_data
from web.errors import add_wait, translate_error
from web.formats import get_formats
from web.parts.fields import TextField
from web.parts.forms import PageForm

P = ParamSpec("P")
LONGEST_CONTACT = 254
SENT, ENDED = "sent", "ended"
BY_EMAIL_ONLY = mark("Here the link is sent by e-mail only: the e-mail of the appointment is needed.")


class ContactForm(PageForm):
    """Where somebody gets the messages about their visits."""

    contact = TextField(
        label=gettext_lazy("E-mail or phone"),
        max_length=LONGEST_CONTACT,
        help_text=gettext_lazy("The one where the messages about the appointments arrive."),
        attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        if not sends_sms():
            self.fields["contact"].label = gettext_lazy("E-mail")


def while_the_link_lasts(view: Step[P]) -> Step[P]:
    """Offer a new link where somebody opens one that has ended."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except VisitsLinkUnknown as error:
            return _render_ask(request, ContactForm(), status=get_status(error), refusal=translate_error(error))

    return answer


@open_to_anyone
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the contact, and send the link there; what the page says is the same for every contact."""
    if request.method != "POST":
        done = request.GET.get("done", "")
        return _render_ask(request, ContactForm(), done=done if done in {SENT, ENDED} else "")
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _render_ask(request, form, status=422)
    typed = form.cleaned_data["contact"]
    try:
        kind, contact = read_contact(typed)
        if kind == ContactKind.PHONE and not sends_sms():
            raise RequestInvalid(errors={"contact": (BY_EMAIL_ONLY,)})
        check_limits(*list_write_asks(request, [contact]), Ask("visits_address", find_block(request)))
        ask_for_visits(contact=contact, locale=current_language(), now=utc_now())
    except Invalid as error:
        form.refuse(error)
        return _render_ask(request, form, status=422)
    except LimitReached as error:
        form.add_error(None, translate_error(error))
        return add_wait(_render_ask(request, form, status=get_status(error)), error)
    return HttpResponseRedirect(f"{reverse('booking:visits')}?done={SENT}")


@open_to_anyone
@require_safe
@while_the_link_lasts
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Show the coming and the past visits of a contact, and what they say of the person."""
    now, tenant, language = utc_now(), current_tenant(), current_language()
    contact = get_visits_contact(token=token, now=now)
    photos = list_own_photos(contact=contact.value)
    cursor = request.GET.get("after", "")
    visits = list_visits(contact=contact.value, now=now, cursor=cursor)
    formats = get_formats(language, tenant.country, tenant.profile.clock)
    vertical = get_vertical(tenant.vertical)
    owned = list_credits_of(contact=contact.value)
    context: dict[str, Any] = {
        "token": token,
        "contact": contact,
        "credits": sum_up(owned),
        "coming": make_cards(visits.coming, now=now, formats=formats, language=language),
        "past": make_cards(visits.past, now=now, formats=formats, language=language, published=visits.published),
        "next_cursor": visits.next_cursor,
        "is_later_page": bool(cursor),
        "own": get_own_data(contact=contact.value),
        "waiting": [
            (each.service_names.get(language, each.service_name), each.wished)
            for each in list_entries_of(contact.value)
            if each.is_open
        ],
        "photos": list(
            zip(
                [each.file_name for each in photos],
                show_photos([each.id for each in photos], name="own_photo", of=[token]),
                strict=True,
            )
        ),
        "consent_token": make_consent_token(contact.value),
        "asset_word": vertical.say("asset", language=language, country=tenant.country) if vertical.asset else "",
        "vertical_icon": vertical.icon,
        "language_url": "?lang=",
    }
    return keep_private(render(request, "booking/visits/list.html", context))


@open_to_anyone
@require_safe
@while_the_link_lasts
def download(request: HttpRequest, token: str) -> HttpResponse:
    """Answer everything that the visits of a contact say, as a file."""
    now = utc_now()
    contact = get_visits_contact(token=token, now=now)
    check_limits(Ask("own_data_address", find_block(request)))
    found = describe_own_data(token=token, contact=contact.value, cursor=request.GET.get("after", ""), now=now)
    return answer_own_data(found, name=current_tenant().slug)


@open_to_anyone
@require_POST
def end(request: HttpRequest, token: str) -> HttpResponse:
    """Let the link lead nowhere any more."""
    check_limits(*list_write_asks(request))
    end_visits_link(token=token)
    return HttpResponseRedirect(f"{reverse('booking:visits')}?done={ENDED}")


def _render_ask(
    request: HttpRequest, form: ContactForm, *, status: int = 200, done: str = "", refusal: str = ""
) -> HttpResponse:
    context = {"form": form, "done": done, "refusal": refusal, "language_url": f"{reverse('booking:visits')}?lang="}
    return keep_private(render(request, "booking/visits/ask.html", context, status=status))
