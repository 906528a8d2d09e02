"""Whether anything was lost: bookings in the database, mails at the catcher."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from devtools.drill.pair.site import Pair

TOLD_SECONDS = 300.0
"""Far more than it takes: the machine may be busy with other things."""
CONFIRMED = "Cita confirmada"


@dataclass(frozen=True, slots=True)
class Kept:
    """What there is of what people were promised."""

    promised: int
    lost: int
    unknown: int
    untold: int
    mails: int
    doubled: int

    def judge(self, *, most_doubled: int = 0) -> list[str]:
        """Say what must not be.

        Args:
            most_doubled: Mails that may come twice, with the same Message-ID: what a killed worker had in hand.
        """
        return [
            *(["work was lost"] if self.lost or self.unknown or self.untold else []),
            *([f"{self.doubled} mails came twice"] if self.doubled > most_doubled else []),
        ]

    def describe(self) -> str:
        """Return the figures in a line."""
        return (
            f"{self.promised} confirmed: {self.lost} lost, {self.unknown} booked twice or unknown, "
            f"{self.untold} not told; {self.mails} mails, {self.doubled} of them twice"
        )


def look_at_work(pair: Pair, schema: str, booked: Mapping[str, str]) -> Kept:
    """Wait until everybody is told, and compare what was promised with what there is."""
    with pair.open() as database:
        rows = database.execute(
            f'SELECT customer_email, reference FROM "{schema}".scheduling_booking WHERE customer_email <> %s',  # noqa: S608 - our own schema
            [""],
        ).fetchall()
    there = Counter((str(email), str(reference)) for email, reference in rows)
    promised = Counter(booked.items())
    domain = next(iter(booked)).partition("@")[2]

    def list_told() -> list[str]:
        messages = pair.list_messages(to=f"@{domain}")
        return [str(each["to"][0]) for each in messages if str(each["subject"]).startswith(CONFIRMED)]

    pair.wait(lambda: set(booked) <= set(list_told()), "not everybody was told", seconds=TOLD_SECONDS)
    told = list_told()
    return Kept(
        promised=len(booked),
        lost=sum((promised - there).values()),
        unknown=sum((there - promised).values()),
        untold=len(set(booked) - set(told)),
        mails=len(told),
        doubled=len(told) - len(set(told)),
    )
