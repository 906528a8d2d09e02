"""Saying that it gets late: one form on the phone of whoever does the work and in the panel of the desk."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from kernel.clock import utc_now
from scheduling.services.aftercare.delays import announce_delay
from scheduling.types import LONGEST_LINE, BookingView, Notice
from web.parts.fields import TextField
from web.parts.forms import PageForm
from web.parts.widgets import ChoiceChips
from web.workspace.actors import make_actor

USUAL_DELAY = 20
"""Minutes: what one tap says."""
DELAYS = (10, 20, 30, 45, 60, 90, 120)


class LateForm(PageForm):
    """How late it gets, and a line for the customer."""

    minutes = forms.TypedChoiceField(
        label=gettext_lazy("How late"),
        coerce=int,
        choices=[(minutes, f"{minutes} min") for minutes in DELAYS],
        initial=USUAL_DELAY,
        widget=ChoiceChips(),
    )
    tell = forms.BooleanField(required=False)
    line = TextField(
        label=gettext_lazy("Add a line in your own words"),
        max_length=LONGEST_LINE,
        required=False,
    )

    @property
    def is_told(self) -> bool:
        """Tell whether the customer is to be told, as it stands in the form: yes, until somebody says no."""
        return not self.is_bound or "tell" in self.data


def is_reachable(visit: BookingView) -> bool:
    """Tell whether there is a way to tell the customer."""
    return bool(visit.customer_phone or visit.customer_email)


def announce(request: HttpRequest, visit: BookingView, form: LateForm) -> str:
    """Say what a checked form says of a visit, and return what to say of that, translated.

    Raises:
        StatusForbids, BookingNotFound, TransitionRefused, RequestInvalid: As `announce_delay`.
    """
    said = form.cleaned_data
    is_new = announce_delay(
        booking_id=visit.id,
        minutes=said["minutes"],
        now=utc_now(),
        by=make_actor(request),
        notice=Notice(is_told=said["tell"], line=said["line"]),
    )
    is_told = is_new and said["tell"] and is_reachable(visit)
    title = gettext("The customer is told") if is_told else gettext("Noted: %(minutes)s min late")
    return title % {"minutes": said["minutes"]}
