"""A visit as a line of somebody's own list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from scheduling.policies import LINK_LIFE
from scheduling.services.messages.manage_tokens import make_manage_token
from scheduling.types import BookingView
from web.booking.standing import Standing, describe_standing, is_called_off
from web.formats import Formats


@dataclass(frozen=True, slots=True)
class VisitCard:
    """One visit.

    Attributes:
        manage_token: What leads to its own page; empty: that link has ended.
        published_token: What lets nobody read any more what was said about it; empty: nobody does.
    """

    booking: BookingView
    standing: Standing
    manage_token: str
    is_called_off: bool
    published_token: str = ""

    @property
    def person_names(self) -> str:
        """Whom one met or will meet."""
        return ", ".join(self.booking.people)


def make_cards(
    bookings: Sequence[BookingView],
    *,
    now: datetime,
    formats: Formats,
    language: str,
    published: Collection[int] = (),
) -> tuple[VisitCard, ...]:
    """Return each visit as the list shows it, in the reader's language."""
    kept = gettext("Pay the deposit to confirm it. The time is kept for you until %(time)s")
    return tuple(
        VisitCard(
            booking=booking.say_in(language),
            standing=describe_standing(booking, now, formats, kept=kept),
            manage_token=make_manage_token(booking) if now < booking.ends_at + LINK_LIFE else "",
            is_called_off=is_called_off(booking, now),
            published_token=make_manage_token(booking) if booking.id in published else "",
        )
        for booking in bookings
    )
