"""What is counted of bookings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BookingTally:
    """Some bookings, counted.

    Attributes:
        booked: All that became a booking: not what is still held or asked for, what expired or was declined.
        cancelled: Of them those that were called off, by whomever.
        by_customer: Of those, the ones that customers called off.
        due: Those that were not called off and whose time has come.
        no_show: Of ``due``, those to which nobody came.
        online: Of ``booked``, those that a customer made alone.
    """

    booked: int = 0
    cancelled: int = 0
    by_customer: int = 0
    due: int = 0
    no_show: int = 0
    online: int = 0

    def __add__(self, other: BookingTally) -> BookingTally:
        """Return what both have together."""
        return BookingTally(
            booked=self.booked + other.booked,
            cancelled=self.cancelled + other.cancelled,
            by_customer=self.by_customer + other.by_customer,
            due=self.due + other.due,
            no_show=self.no_show + other.no_show,
            online=self.online + other.online,
        )

    @property
    def cancelled_share(self) -> float | None:
        """Return the part of all bookings that was called off; None: there is none."""
        return self.cancelled / self.booked if self.booked else None

    @property
    def no_show_share(self) -> float | None:
        """Return the part of the visits whose time has come to which nobody came; None: there is none."""
        return self.no_show / self.due if self.due else None

    @property
    def online_share(self) -> float | None:
        """Return the part of all bookings that customers made alone; None: there is none."""
        return self.online / self.booked if self.booked else None


@dataclass(frozen=True, slots=True)
class NamedTally:
    """What was counted of one service, place or door; ``name`` is empty where ``key`` says it all."""

    key: str
    name: str
    tally: BookingTally


@dataclass(frozen=True, slots=True)
class LeadTally:
    """How long before the visit bookings were made.

    Attributes:
        counts: How many were made less than each of `selectors.reports.counted.LEAD_HOURS` before, but not less than
            the one before it; the last: all those made earlier.
        median_hours: Half of them were made later than that; None: there is none.
    """

    counts: tuple[int, ...]
    median_hours: float | None


@dataclass(frozen=True, slots=True)
class VisitorTally:
    """Who comes: people whose first visit it is, people who were here before, and bookings of nobody known."""

    new: int
    returning: int
    unknown: int

    @property
    def new_share(self) -> float | None:
        """Return the part of the known people who are new; None: there is nobody."""
        known = self.new + self.returning
        return self.new / known if known else None
