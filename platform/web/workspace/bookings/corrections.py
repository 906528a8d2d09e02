"""Putting right what was typed wrongly: name, contact, vehicle, answers, note, price."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy

from accounts.policies import Permission, has_permission
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid
from scheduling.errors import BookingChanged
from scheduling.selectors.bookings import views as bookings
from scheduling.selectors.bookings.corrections import list_questions, mark_state
from scheduling.services.bookings.corrections import correct_booking
from scheduling.services.questions.answers import NO, YES
from scheduling.services.writing.inputs import NOTE_LENGTH, NOTE_TOO_LONG
from scheduling.types import Answer, BookingView, Correction
from tenants.context import current_tenant
from verticals.registry import get_vertical
from web.errors import translate_error
from web.formats import format_phone
from web.parts.assets import PREFIX, Asked, list_suggestions, make_asset_fields, read_asset
from web.parts.contacts import ContactForm, PhoneField
from web.parts.fields import MoneyField, TextField
from web.parts.questions import QUESTION_PREFIX, Given, list_answers, make_question_fields, read_answers
from web.parts.toasts import Toast
from web.templatetags.formats import get_current_formats
from web.workspace.actors import make_actor
from web.workspace.bookings.forms import PHONE_ATTRS
from web.workspace.bookings.views import answer_done, describe


class CorrectionForm(ContactForm):
    """What a booking says about who comes and with what; every field shows what stands there now."""

    phone = PhoneField(label=gettext_lazy("Phone"), required=False, widget=forms.TextInput(PHONE_ATTRS))
    note = TextField(
        label=gettext_lazy("Note"),
        max_length=NOTE_LENGTH,
        rows=3,
        required=False,
        error_messages={"max_length": gettext_lazy(NOTE_TOO_LONG)},
    )
    price = MoneyField(label=gettext_lazy("Price"), required=False)
    is_customer_too = forms.BooleanField(
        label=gettext_lazy("Correct the customer's record too, for the next bookings"), required=False
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, data: QueryDict | None = None, *, booking: BookingView, may_customer: bool) -> None:
        tenant, formats = current_tenant(), get_current_formats()
        language = formats.language
        self.questions = list_questions(booking)
        vertical = get_vertical(tenant.vertical)
        initial: dict[str, Any] = {
            "name": booking.customer_name,
            "phone": format_phone(booking.customer_phone, tenant.country) if booking.customer_phone else "",
            "email": booking.customer_email,
            "note": booking.note,
            "price": booking.price_minor,
            "is_customer_too": True,
            "seen": mark_state(booking),
            **{f"{PREFIX}{key}": text for key, text in booking.asset_data.items()},
            **list_answers(self.questions, _list_given(booking), formats),
        }
        super().__init__(data, initial=initial)
        self.asked = Asked(vertical, language, tenant.country, is_optional=True)
        self.asset_name = vertical.say("asset", language=language, country=tenant.country) if vertical.asset else ""
        for name in ("name", "email"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        if not may_customer or booking.customer_id is None:
            del self.fields["is_customer_too"]
        self.fields |= make_asset_fields(self.asked, lambda each: list_suggestions(vertical, each.key, ""))
        self.fields |= make_question_fields(self.questions, language, is_staff=True)

    def clean(self) -> dict[str, Any]:
        """Ask for no contact: whoever came without one may have none."""
        return dict(self.cleaned_data)

    @property
    def asset_fields(self) -> tuple[BoundField, ...]:
        """Return the questions about the asset."""
        return tuple(self[f"{PREFIX}{each.key}"] for each in self.asked.fields)

    @property
    def question_fields(self) -> tuple[BoundField, ...]:
        """Return what the services ask, and what was answered."""
        return tuple(self[f"{QUESTION_PREFIX}{each.key}"] for each in self.questions)

    def read(self) -> Correction:
        """Return what is to stand there."""
        data = self.cleaned_data
        return Correction(
            name=data["name"],
            phone=data["phone"],
            email=data["email"],
            asset={key: text.strip() for key, text in read_asset(self, self.asked).items()},
            answers=read_answers(self, self.questions, get_current_formats()),
            note=data["note"],
            price_minor=data["price"],
            is_customer_too=bool(data.get("is_customer_too")),
            seen=data["seen"],
        )


def _list_given(booking: BookingView) -> dict[str, Given]:
    """Return the answers of a booking, by key, as a form sends them."""
    words = {True: YES, False: NO}
    return {
        each.key: words[each.value] if isinstance(each.value, bool) else each.value
        for each in Answer.read(booking.answers)
    }


@requires(Permission.BOOKING_MANAGE)
def correct(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Show what the booking says, or correct it; what was typed is never lost."""
    booking = bookings.get_booking(booking_id=booking_id)
    may_customer = has_permission(request.user, Permission.CUSTOMER_MANAGE)
    if request.method != "POST":
        return _render(request, booking, CorrectionForm(booking=booking, may_customer=may_customer))
    form = CorrectionForm(request.POST, booking=booking, may_customer=may_customer)
    if not form.is_valid():
        return _render(request, booking, form, status=422)
    try:
        is_changed = correct_booking(
            booking_id=booking_id, correction=form.read(), now=utc_now(), by=make_actor(request)
        )
    except Invalid as error:
        form.refuse(error)
        return _render(request, booking, form, status=422)
    except (Conflict, Forbidden) as error:
        if isinstance(error, BookingChanged):  # the next press is about what is shown now
            booking = bookings.get_booking(booking_id=booking_id)
            typed = request.POST.copy()
            typed["seen"] = mark_state(booking)
            form = CorrectionForm(typed, booking=booking, may_customer=may_customer)
        return _render(request, booking, form, status=get_status(error), error=translate_error(error))
    booking = bookings.get_booking(booking_id=booking_id)
    title = gettext("Booking corrected") if is_changed else gettext("Nothing changed.")
    return answer_done(request, booking, Toast(title=title, text=describe(booking)))


def _render(
    request: HttpRequest, booking: BookingView, form: CorrectionForm, *, status: int = 200, error: str = ""
) -> HttpResponse:
    context = {"booking": booking, "form": form, "error": error}
    return render(request, "workspace/correct.html", context, status=status)
