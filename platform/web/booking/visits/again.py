"""Booking a visit again: two taps, this one and the one that confirms."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from edge.access import open_to_anyone
from edge.limits import count_write
from kernel.clock import utc_now
from kernel.errors import Invalid, NotFound
from kernel.ids import hash_token
from scheduling.selectors.availability.free_times import get_availability
from scheduling.selectors.bookings.visits import get_visit, get_visits_contact
from scheduling.selectors.catalog.offer import find_hidden
from scheduling.types import AvailabilityQuery, BookingView
from web.booking.draft import Draft, recall_hold
from web.booking.flow import Flow, StepKey, load_flow, make_flow
from web.booking.pages import while_bookings_are_taken
from web.booking.views import hold_time
from web.booking.visits.views import while_the_link_lasts
from web.formats import format_phone

VISIT_LETTERS = 16
"""Of the name of a run: 64 bits that only the link tells."""


@open_to_anyone
@require_POST
@while_bookings_are_taken
@while_the_link_lasts
def book_again(request: HttpRequest, token: str, booking_id: int) -> HttpResponse:
    """Choose what was booked before and its next free time, fill in who comes, and lead to the last step.

    Where something has to be asked first (a service that is gone, a question that is new), to that step.
    """
    count_write(request)
    contact = get_visits_contact(token=token, now=utc_now())
    before = get_visit(contact=contact.value, booking_id=booking_id)
    flow = _choose_again(load_flow(request), before, token)
    if flow.is_too_early_for(StepKey.TIME):
        return HttpResponseRedirect(flow.link(flow.find_missing_step()))
    held = recall_hold(flow.draft, now=flow.now)
    first = held.starts_at if held is not None and held.wish == flow.wish else _find_first(flow)
    if first is not None:
        answer = hold_time(request, flow, first)
        if answer.status_code == HttpResponseRedirect.status_code:
            return answer
    return HttpResponseRedirect(flow.link(StepKey.TIME))


def _choose_again(flow: Flow, before: BookingView, token: str) -> Flow:
    """Return the flow with the choices of a visit, as far as they can be made again."""
    country = flow.tenant.country
    wish = before.wish
    draft = Draft(
        # Two taps are one run through the pages, so that they keep one time.
        visit=hash_token(f"{token}:{before.id}")[:VISIT_LETTERS],
        location_id=before.location_id,
        service_id=before.service_id,
        further_ids=wish.service_ids[1:],
        add_on_ids=wish.add_on_ids,
        party_size=before.party_size,
        arrival_mode=before.arrival_mode,
        asset=dict(before.asset_data),
        name=before.customer_name,
        phone=format_phone(before.customer_phone, country) if before.customer_phone else "",
        phone_region=country,
        email=before.customer_email,
        wants_reminders=before.wants_reminders,
        visits_link=token,
        linked_resource_id=next(
            (each for each in wish.resource_ids if find_hidden(flow.offer, before.service_id, each)), None
        ),
    )
    chosen = make_flow(flow.tenant, draft, flow.offer, now=flow.now, is_test=flow.is_test)
    if chosen.service is None:
        return chosen.with_draft(replace(draft, service_id=None, further_ids=(), add_on_ids=()))
    offered = {each.id for each in chosen.offered_add_ons}
    person = next((each.id for each in chosen.resources if each.id in wish.resource_ids), None)
    draft = replace(
        draft,
        add_on_ids=tuple(each for each in wish.add_on_ids if each in offered),
        resource_id=person,
        party_size=max(1, min(before.party_size, chosen.largest_party)),
        arrival_mode=before.arrival_mode if before.arrival_mode in chosen.service.arrival_modes else "",
    )
    return chosen.with_draft(replace(draft, is_visit_told=_is_told(chosen.with_draft(draft))))


def _is_told(flow: Flow) -> bool:
    """Tell whether nothing about the visit has to be asked again: a question of one of its services always has."""
    has_arrival = len(flow.arrival_modes) <= 1 or bool(flow.draft.arrival_mode)
    checked = flow.vertical.check_asset(flow.draft.asset, today=flow.today, country=flow.tenant.country)
    return has_arrival and not flow.questions and not checked.errors


def _find_first(flow: Flow) -> datetime | None:
    """Return the next free time; None: there is none, or it cannot be asked for like this."""
    query = AvailabilityQuery(flow.wish, from_on=flow.today, to_on=flow.today)
    try:
        found = get_availability(query=query, now=flow.now)
    except (NotFound, Invalid):
        return None
    return next((slot.starts_at for day in found.days for slot in day.slots), found.next_available)
