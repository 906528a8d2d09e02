"""``series``: what was booked at once for several dates, for staff and programs."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import KeyArea
from accounts.policies import Permission
from api.document import describe_call
from api.fields import IdField, InstantField
from api.pagination import PageQuery, PageShape, name_next, read_place
from api.views import StaffView
from kernel.ids import read_row_id
from scheduling.enums import BookingStatus
from scheduling.errors.customers import SeriesNotFound
from scheduling.selectors.bookings.series import get_series, list_series
from scheduling.types import SeriesRow

NAME = "series"


class SeriesQuery(PageQuery):
    """Query of ``GET series``."""

    customer = IdField(required=False)


class SeriesBookingShape(serializers.Serializer[Any]):
    """A booking of a series, in short; ``GET bookings/{id}`` has all of it."""

    id = serializers.CharField()
    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=BookingStatus.values)
    starts_at = InstantField()
    ends_at = InstantField()
    customer = serializers.CharField(allow_null=True)


class SeriesShape(serializers.Serializer[Any]):
    """A series with its bookings by start, those that were cancelled included."""

    id = serializers.CharField()
    rule = serializers.CharField(help_text="How it was asked for: an RRULE of RFC 5545.")
    created_at = InstantField()
    bookings = SeriesBookingShape(many=True)


class SeriesList(PageShape):
    """Answer of ``GET series``."""

    results = SeriesShape(many=True)


class SeriesListView(StaffView):
    """``GET series``."""

    declared_permission = Permission.BOARD_VIEW
    key_area = KeyArea.BOOKINGS

    @describe_call("list_series", parameters=[SeriesQuery], responses=SeriesList)
    def get(self, request: Request) -> Response:
        """List series, the newest first."""
        asked = SeriesQuery.read(request).validated_data
        page = list_series(customer_id=asked.get("customer"), cursor=read_place(asked, NAME), limit=asked["limit"])
        return Response({"results": [_describe(row) for row in page.rows], "next": name_next(page, NAME)})


class OneSeriesView(StaffView):
    """``GET series/{id}``."""

    declared_permission = Permission.BOARD_VIEW
    key_area = KeyArea.BOOKINGS

    @describe_call("get_series", fails=(SeriesNotFound,), responses=SeriesShape)
    def get(self, _request: Request, series_id: str) -> Response:
        """Return one series."""
        number = read_row_id(series_id)
        if number is None:
            raise SeriesNotFound
        return Response(_describe(get_series(series_id=number)))


def _describe(series: SeriesRow) -> dict[str, object]:
    return {
        "id": str(series.id),
        "rule": series.rule,
        "created_at": series.created_at,
        "bookings": [
            {
                "id": str(each.id),
                "reference": each.reference,
                "status": each.status,
                "starts_at": each.starts_at,
                "ends_at": each.ends_at,
                "customer": None if each.customer_id is None else str(each.customer_id),
            }
            for each in series.bookings
        ],
    }
