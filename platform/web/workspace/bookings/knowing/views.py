"""Looking for a customer while a booking is made: by phone, name or plate, as it is typed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from kernel.clock import utc_now
from scheduling.selectors.customers.listing import list_for_desk
from scheduling.types import CustomerRow, CustomersAsked

MOST_FOUND = 5
SHORTEST_ASKED, LONGEST_ASKED = 2, 100
"""Characters: one letter finds everybody."""


@requires(Permission.BOOKING_MANAGE)
@require_safe
def show_customers(request: HttpRequest) -> HttpResponse:
    """Show who it may be, as buttons of the form of a new booking."""
    who = request.GET.get("who", "")
    return render(request, "workspace/new_found.html", {"who": who.strip(), "customers": find_customers(who)})


def find_customers(who: str) -> tuple[CustomerRow, ...]:
    """Find customers by what was typed; nobody for a single letter, or for a text that is none."""
    asked = " ".join(who.split())
    if not SHORTEST_ASKED <= len(asked) <= LONGEST_ASKED or "\0" in asked:
        return ()
    return list_for_desk(CustomersAsked(search=asked, limit=MOST_FOUND), now=utc_now()).rows
