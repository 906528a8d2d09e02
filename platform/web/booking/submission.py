"""Sending the details: the booking, or the page again with what is wrong."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from edge.limits import note_end
from kernel.errors import Invalid
from scheduling.enums import ConsentPurpose
from scheduling.errors import HoldExpired, HoldUnknown, HoldUsed, SlotTaken
from scheduling.services.bookings import submissions as bookings
from scheduling.types import CustomerDetails, VisitDetails
from web.booking.details import DetailsForm
from web.booking.draft import forget_hold, recall_booking, remember_booking
from web.booking.flow import Flow, StepKey
from web.booking.pages import render_step
from web.booking.times import drop_hold, render_taken, say_taken
from web.errors import translate_error

FIELD_OF = {"contact": "phone"}
"""Where the page shows a finding of the service under another name."""


def submit(request: HttpRequest, flow: Flow, form: DetailsForm) -> HttpResponse:
    """Book, and lead to the page of the booking."""
    draft, hold = flow.draft, flow.draft.hold
    assert hold is not None  # is_too_early_for has looked
    try:
        booked = bookings.submit_booking(
            hold_id=hold.hold_id, token=hold.token, details=_make_details(flow, form), now=flow.now
        )
        note_end(request)
    except (HoldExpired, SlotTaken) as error:
        return render_taken(request, drop_hold(flow), error, hold.starts_at, say_taken(flow, hold.starts_at))
    except HoldUnknown as error:
        return render_taken(request, drop_hold(flow), error, None, translate_error(error))
    except HoldUsed as error:
        token = recall_booking(draft)  # the form was sent twice: the first one made the booking
        if token:
            return HttpResponseRedirect(reverse("booking:manage", args=[token]))
        return render_taken(request, drop_hold(flow), error, None, translate_error(error))
    except Invalid as error:
        form.refuse(error, names=FIELD_OF)
        return render_details(request, flow, form, status=422)
    forget_hold(draft)
    remember_booking(draft, booked.manage_token)
    return HttpResponseRedirect(reverse("booking:manage", args=[booked.manage_token]) + "?new=1")


def _make_details(flow: Flow, form: DetailsForm) -> VisitDetails:
    draft, typed = flow.draft, form.cleaned_data
    consents = [ConsentPurpose.BOOKING] + [ConsentPurpose.REMINDERS] * draft.wants_reminders
    return VisitDetails(
        customer=CustomerDetails(
            name=typed["name"],
            phone=typed["phone"] or None,
            email=typed["email"] or None,
            locale=flow.formats.language,
        ),
        asset=draft.asset,
        answers={"symptoms": list(draft.symptoms)} if draft.symptoms else {},
        arrival_mode=flow.arrival_mode or None,
        note=draft.note,
        consents=tuple(str(consent) for consent in consents),
        wants_reminders=draft.wants_reminders,
    )


def render_details(request: HttpRequest, flow: Flow, form: DetailsForm, *, status: int = 200) -> HttpResponse:
    """Render the step that asks who books."""
    hold = flow.draft.hold
    assert hold is not None
    return render_step(
        request,
        "booking/details.html",
        flow,
        StepKey.DETAILS,
        status=status,
        form=form,
        hold=hold,
        is_hold_over=hold.expires_at <= flow.now,
        resource_name=next((each.name for each in flow.resources if each.id == flow.draft.resource_id), ""),
    )
