"""The closed lists of words that the engine understands."""

from enum import StrEnum


class Align(StrEnum):
    """Where the grid of possible starts begins."""

    PERIOD = "period"
    CLOCK = "clock"
    GAP = "gap"


class RulePeriod(StrEnum):
    """How long one bucket of a capacity rule lasts, in the rule's own zone; or no bucket: at the same time."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MOMENT = "moment"


class Measure(StrEnum):
    """What a capacity rule counts."""

    BOOKINGS = "bookings"
    SEATS = "seats"
    MINUTES = "minutes"


class Strategy(StrEnum):
    """How to choose among free resources."""

    FIXED_ORDER = "fixed_order"
    LEAST_BUSY = "least_busy"
    ROUND_ROBIN = "round_robin"
    PACK_TIGHTLY = "pack_tightly"


class ReasonCode(StrEnum):
    """Why a start is not offered."""

    PAST = "past"
    NOTICE = "notice"
    WINDOW = "window"
    NOT_BOOKABLE = "not_bookable"
    TOO_LATE = "too_late"
    OFF_GRID = "off_grid"
    RULE_FULL = "rule_full"
    OUTSIDE_HOURS = "outside_hours"
    CLOSED = "closed"
    TIME_OFF = "time_off"
    BUSY = "busy"
    OVER_CAPACITY = "over_capacity"
    SESSION_FULL = "session_full"
    NO_COMBINATION = "no_combination"
