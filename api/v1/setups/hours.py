"""Weekly hours and breaks, for staff and programs: a whole week is one value, read and said anew as one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import KeyArea
from accounts.policies import Permission
from api.document import describe_call
from api.v1.bookings.staff import make_actor
from api.v1.setups.bodies import VERSION, make_whole, read_setup
from api.v1.setups.kinds import LOCATIONS, RESOURCES, Kind
from api.v1.setups.shapes import describe_entry, make_shape
from api.v1.setups.views import naming_fields, read_id_of
from api.views import StaffView
from audit.errors import ChangedMeanwhile
from kernel.clock import utc_now
from scheduling.errors import Archived, BookingsInTheWay, SetupInvalid
from scheduling.selectors.catalog.calendars import get_location_week, get_resource_week
from scheduling.services.catalog.hours import change_location_week, change_resource_week
from scheduling.types import Entry, WeekSetup

SHAPE, BODY = make_shape("WorkingHours", WeekSetup), make_whole("WorkingHours", WeekSetup)


def _make_view(kind: Kind, load: Callable[..., Entry[WeekSetup]], save: Callable[..., int]) -> type[StaffView]:
    what = kind.noun.lower()

    @describe_call(
        f"get_{what}_working_hours",
        fails=(kind.missing,),
        description="Return the week, with the id and the `version` of whose it is.",
        responses=SHAPE,
    )
    def get(_self: StaffView, _request: Request, row_id: str) -> Response:
        return Response(describe_entry(load(**{kind.id_name: read_id_of(kind, row_id)})))

    @describe_call(
        f"set_{what}_working_hours",
        fails=(kind.missing, ChangedMeanwhile, Archived, SetupInvalid, BookingsInTheWay),
        description="Say the whole week anew. A resource without `hours` follows its location.",
        request=BODY,
        responses=SHAPE,
    )
    def put(_self: StaffView, request: Request, row_id: str) -> Response:
        asked: dict[str, Any] = BODY.read(request).validated_data
        whose = {kind.id_name: read_id_of(kind, row_id)}
        with naming_fields():
            save(
                **whose,
                week=read_setup(WeekSetup, asked),
                version=asked.get(VERSION),
                by=make_actor(request),
                now=utc_now(),
            )
        return Response(describe_entry(load(**whose)))

    said = {
        "__doc__": f"``{kind.name}/{{id}}/working_hours``.",
        "declared_permission": {"GET": Permission.CATALOG_VIEW, "PUT": Permission.CATALOG_MANAGE},
        "key_area": KeyArea.CATALOG,
    }
    return type(f"{kind.noun}HoursView", (StaffView,), {**said, "get": get, "put": put})


LocationHoursView = _make_view(LOCATIONS, get_location_week, change_location_week)
ResourceHoursView = _make_view(RESOURCES, get_resource_week, change_resource_week)
