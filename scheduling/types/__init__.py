"""Frozen values that scheduling takes and gives; instants are aware UTC, periods half-open."""

from scheduling.types.availability import (
    Availability,
    AvailableDay,
    AvailableSlot,
    AvailableSlots,
    ReasonView,
)
from scheduling.types.board import Board, BoardBlock, BoardColumn, Period
from scheduling.types.bookings import (
    Actor,
    BookingDetail,
    BookingDetails,
    BookingFilters,
    BookingRow,
    CustomerDetails,
    HeldSlot,
    LineView,
    OverrideReason,
    SubmittedBooking,
    TakenResource,
)
from scheduling.types.catalog import AddOnView, DepositPolicyView, LocationView, OpeningToday, ResourceView, ServiceView
from scheduling.types.wishes import AvailabilityQuery, SlotRequest, Wish

__all__ = [
    "Actor",
    "AddOnView",
    "Availability",
    "AvailabilityQuery",
    "AvailableDay",
    "AvailableSlot",
    "AvailableSlots",
    "Board",
    "BoardBlock",
    "BoardColumn",
    "BookingDetail",
    "BookingDetails",
    "BookingFilters",
    "BookingRow",
    "CustomerDetails",
    "DepositPolicyView",
    "HeldSlot",
    "LineView",
    "LocationView",
    "OpeningToday",
    "OverrideReason",
    "Period",
    "ReasonView",
    "ResourceView",
    "ServiceView",
    "SlotRequest",
    "SubmittedBooking",
    "TakenResource",
    "Wish",
]
