"""Words of billing."""

from __future__ import annotations

from enum import StrEnum


class PlanLimit(StrEnum):
    """What a plan holds a number of."""

    PEOPLE = "people"
    """People and places that can be booked."""
    MONTHLY_BOOKINGS = "monthly_bookings"


class PlanFeature(StrEnum):
    """What a plan has or has not."""

    PAGE = "page"
    """A booking page in Spanish and English."""
    PROTECTION = "protection"
    """Nothing is booked twice."""
    EMAIL_REMINDERS = "email_reminders"
    SMS_REMINDERS = "sms_reminders"
