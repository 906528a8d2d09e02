"""Every state of a booking, at every moment of it, has words that are true then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from scheduling.enums import BookingStatus
from scheduling.types import AgreedPolicy
from web.booking.standing import describe_standing, is_called_off, is_coming
from web.formats import get_formats

START = datetime(2026, 11, 24, 15, tzinfo=UTC)
END = START + timedelta(hours=1)
BEFORE, DURING, AFTER = START - timedelta(hours=2), START + timedelta(minutes=10), END + timedelta(days=1)
FORMATS = get_formats("es", "MX")
KEPT = START - timedelta(hours=1)
NOTHING_AGREED = AgreedPolicy()


@dataclass(frozen=True)
class Row:
    status: BookingStatus
    starts_at: datetime = START
    ends_at: datetime = END
    hold_expires_at: datetime | None = None
    timezone: str = "UTC"
    agreed: AgreedPolicy = NOTHING_AGREED

    @property
    def answer_by(self) -> datetime | None:
        return self.hold_expires_at


def describe(status: BookingStatus, now: datetime, *, kept_until: datetime | None = None) -> tuple[str, bool, bool]:
    row = Row(status, hold_expires_at=kept_until)
    with translation.override("es"):
        standing = describe_standing(row, now, FORMATS)
    return standing.title, is_coming(row, now), is_called_off(row, now)


@pytest.mark.parametrize(
    ("status", "now", "title", "coming", "called_off"),
    [
        ("confirmed", BEFORE, "Cita confirmada", True, False),
        ("confirmed", DURING, "Es la hora de tu cita", False, False),
        ("confirmed", AFTER, "La hora de tu cita ya pasó", False, False),
        ("arrived", BEFORE, "Ya sabemos que llegaste", False, False),
        ("in_progress", DURING, "Tu visita está en curso", False, False),
        ("completed", AFTER, "Gracias por tu visita", False, False),
        ("no_show", AFTER, "No pudimos verte", False, False),
        ("cancelled", BEFORE, "Cita cancelada", False, True),
        ("cancelled", AFTER, "Cita cancelada", False, True),
        ("declined", BEFORE, "Solicitud no aceptada", False, True),
        ("expired", BEFORE, "Solicitud vencida", False, True),
    ],
)
def test_each_state_has_its_words(status, now, title, coming, called_off):
    assert describe(BookingStatus(status), now) == (title, coming, called_off)


@pytest.mark.parametrize(
    ("status", "title"),
    [("pending_approval", "Solicitud enviada"), ("pending_payment", "Falta el pago"), ("held", "Aún sin enviar")],
)
def test_what_waits_is_over_when_the_time_is_no_longer_kept(status, title):
    waiting = describe(BookingStatus(status), KEPT - timedelta(minutes=1), kept_until=KEPT)
    over = describe(BookingStatus(status), KEPT, kept_until=KEPT)

    assert waiting == (title, status != "held", False)
    assert over == ("Solicitud vencida", False, True)


@pytest.mark.parametrize(
    ("status", "end"),
    [
        ("pending_payment", "Te guardamos la hora hasta el martes 24 de noviembre, 2:00 p.m."),
        (
            "pending_approval",
            "martes 24 de noviembre a las 2:00 p.m. te respondemos; hasta entonces la hora queda apartada.",
        ),
    ],
)
def test_until_when_something_is_waited_for_has_its_date(status, end):
    with translation.override("es"):
        text = describe_standing(Row(BookingStatus(status), hold_expires_at=KEPT), BEFORE, FORMATS).text

    assert text.replace("\xa0", " ").endswith(end)


def test_every_status_has_words():
    assert all(describe(status, BEFORE)[0] for status in BookingStatus)
