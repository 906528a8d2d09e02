"""Asking for one's visits, seeing them, and ending the link: the token is the permission."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from api.document import describe_call
from api.v1.visits.serializers import AskedShape, AskFields, VisitsShape
from api.views import OpenView, Result, answer_once
from edge.language import current_language
from edge.limits import check_limits
from edge.requests import find_block
from kernel.clock import utc_now
from kernel.errors import Invalid
from kernel.limits import Ask
from scheduling.errors import RequestInvalid, VisitsLinkUnknown
from scheduling.policies import LINK_LIFE
from scheduling.selectors.bookings.visits import get_visits_contact, list_visits
from scheduling.services.messages.manage_tokens import make_manage_token, make_manage_url
from scheduling.services.visits.links import ask_for_visits, end_visits_link
from scheduling.types import BookingView

AFTER = OpenApiParameter("after", OpenApiTypes.STR, description="``next`` of the answer before: earlier visits.")


class AskView(OpenView):
    """``POST visits``."""

    @describe_call("ask_for_visits", fails=(RequestInvalid,), request=AskFields, responses={202: AskedShape})
    def post(self, request: Request) -> HttpResponse:
        """Send the link to a contact's visits to that contact, if there are any; the answer does not say whether."""
        form = AskFields.read(request)
        asked = form.validated_data
        check_limits(Ask("visits_address", find_block(request)))

        def run() -> Result:
            locale = asked.get("locale") or current_language()
            ask_for_visits(contact=asked["contact"], locale=locale, now=utc_now())
            return Result(status=status.HTTP_202_ACCEPTED, body={"contact": asked["contact"]})

        return answer_once(request, run, is_personal=True)


class VisitsView(OpenView):
    """``GET`` and ``DELETE visits/{token}``."""

    @describe_call("list_own_visits", fails=(VisitsLinkUnknown, Invalid), parameters=[AFTER], responses=VisitsShape)
    def get(self, request: Request, token: str) -> Response:
        """Return the coming visits of a contact and a page of those before."""
        now = utc_now()
        contact = get_visits_contact(token=token, now=now)
        visits = list_visits(contact=contact.value, now=now, cursor=request.query_params.get("after", ""))
        body = {
            "expires_at": contact.expires_at,
            "coming": [_describe(each, now) for each in visits.coming],
            "past": [_describe(each, now) for each in visits.past],
            "next": visits.next_cursor,
        }
        return Response(body)

    @describe_call("end_visits_link", fails=(), responses={204: None})
    def delete(self, request: Request, token: str) -> Response:  # noqa: ARG002
        """Let the link lead nowhere any more; ending it again changes nothing."""
        end_visits_link(token=token)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _describe(booking: BookingView, now: datetime) -> dict[str, object]:
    said = booking.say_in(current_language())
    has_link = now < booking.ends_at + LINK_LIFE
    return {
        "reference": said.reference,
        "status": said.status,
        "service": said.service_name,
        "starts_at": said.starts_at,
        "ends_at": said.ends_at,
        "timezone": said.timezone,
        "location": said.location_name,
        "resources": list(said.people),
        "about": said.asset_label,
        "manage_url": make_manage_url(make_manage_token(booking)) if has_link else None,
    }
