"""Every SMS in every language, with usual and with the longest names: one segment where it fits, never three."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from config.environment import ROOT
from notifications.channels.registry import get_carrier
from notifications.engine.segments import count_segments, fold_text, is_plain
from notifications.services.rendering import render_message
from scheduling.enums import BookingStatus
from scheduling.services.messages.manage_tokens import make_manage_token, make_manage_url
from scheduling.services.messages.words import TALKS, make_customer_words, make_worker_words
from tenants.context import tenant_scope
from tests.factories.billing import take_transfers
from tests.integration.scheduling.messages.conftest import NOW

SMS = ROOT / "templates" / "sms"
TOKEN = "k" * 43
WITHOUT_BOOKING = {
    "waitlist_joined": ("waitlist", "waitlist_url", "w"),
    "waitlist_offer": ("waitlist", "waitlist_url", "w"),
    "waitlist_removed": ("waitlist", "waitlist_url", "w"),
    "visits_link": ("visits_link", "visits_url", "visits"),
    "data_request_received": ("person_request", "request_url", "data"),
    "data_request_extended": ("person_request", "request_url", "data"),
    "person_erased": ("person_farewell", "request_url", "data"),
}
"""Kind of subject, word and path of the link of each text that is about no booking."""
NAMES = sorted({path.stem for path in SMS.rglob("*.txt")} - {"contact_code", *WITHOUT_BOOKING})
WAYS = [("es", "automotive"), ("es", "clinic"), ("en", "automotive")]
HOST = "taller-hermanos-gonzalez.turnero.example"
LONGEST_HOST = f"{'taller-' * 8}centro.turnero.example"
USUAL = "Taller López Centro"
BUSINESSES = [
    "Centro de Servicio Automotriz Hermanos González Ibáñez y Compañía, S. A. de C. V.",
    "Мастерская Петрова и сыновья на Тверской улице",
    "💇‍♀️ Salón « Ñandú » €€€ {x}",
]
LONG_WINDED = {
    "booking_requested",
    "deposit_requested",
    "deposit_reminder",
    "deposit_card",
    "fee_declined",
    "refund_late",
    "request_expired",
    "payment_expired",
    "clock_changed",
    "business_closed",
}
"""They need a sentence more."""
SERVICES = [
    "Cambio de aceite",
    "Afinación mayor, cambio de bujías, filtros y líquido de frenos y revisión de 40 puntos" * 2,
]


@pytest.fixture
def booking(book):
    take_transfers()
    return book(email=None)


def write(booking, tenant, template: str, language: str, *, business: str, service: str, vertical: str, host: str):
    """Return the SMS ``template`` about a booking."""
    lines = tuple(replace(line, name=service, add_on_names=()) for line in booking.lines)
    named = replace(booking, lines=lines, service_name=service)
    if template == "booking_requested":
        named = replace(named, status=BookingStatus.PENDING_APPROVAL, hold_expires_at=NOW + timedelta(hours=5))
    if template.startswith("deposit"):
        named = replace(named, status=BookingStatus.PENDING_PAYMENT, hold_expires_at=NOW + timedelta(hours=5))
        named = replace(named, deposit_minor=1_234_567)
    with tenant_scope(replace(tenant, name=business, vertical=vertical, primary_host=host)):
        words = (
            make_worker_words(named, has_account=False)
            if template.startswith("worker")
            else make_customer_words(named, template=template, now=NOW)
        )
        rendered = render_message(
            carrier=get_carrier("sms"),
            template=template,
            subject_kind="booking",
            language=language,
            context=words[language] | {"refund": "$12,345.67", "by_card": "yes"},
        )
        below, _ = TALKS.get(template, ("", ""))
        return rendered.body_text, make_manage_url(make_manage_token(named)) + below


@pytest.mark.parametrize(("language", "vertical"), WAYS)
def test_usual_values_fit_into_one_segment(booking, tenant, language, vertical):
    for template in NAMES:
        text, _ = write(
            booking, tenant, template, language, business=USUAL, service=SERVICES[0], vertical=vertical, host=HOST
        )

        assert is_plain(text), text
        assert count_segments(text) <= (2 if template in LONG_WINDED else 1), (len(text), text)
        assert "..." not in text
        assert ".. " not in text


@pytest.mark.parametrize("host", [HOST, LONGEST_HOST])
@pytest.mark.parametrize("business", BUSINESSES)
@pytest.mark.parametrize(("language", "vertical"), WAYS)
def test_longest_values_fit_into_two(booking, tenant, language, vertical, business, host):
    for template, sold in product(NAMES, SERVICES):
        text, url = write(
            booking, tenant, template, language, business=business, service=sold, vertical=vertical, host=host
        )

        assert count_segments(text) <= 2, text
        wanted = url if "/b/" in text else url[: url.index("/b/") + 1]
        assert template.startswith("worker") or text.endswith(f" {wanted}"), text


@pytest.mark.parametrize("template", WITHOUT_BOOKING)
@pytest.mark.parametrize("language", ["es", "en"])
def test_texts_without_a_booking_fit_too(tenant, language, template):
    kind, word, path = WITHOUT_BOOKING[template]
    for business, service, host in [(USUAL, SERVICES[0], HOST), *product(BUSINESSES, SERVICES, [LONGEST_HOST])]:
        url = f"http://{host}/{path}/{TOKEN}/"
        words = {"service_name": service, "when_short": "mié 30 sep, 10:00", "answer_by_short": "mié 30 sep, 9:00"}
        with tenant_scope(replace(tenant, name=business, primary_host=host)):
            text = render_message(
                carrier=get_carrier("sms"),
                template=template,
                subject_kind=kind,
                language=language,
                context={**words, "action_url": url, word: url},
            ).body_text

        assert text.endswith(f" {url}"), text
        assert count_segments(text) <= 2, (len(text), text)


@pytest.mark.parametrize("template", ["booking_moved", "booking_cancelled"])
@pytest.mark.parametrize("count", [1, 3, 60])
def test_link_stays_whole_however_much_is_told_along(booking, template, count):
    """A series, or many bookings of a day that staff moves: the links of all were lost at the end."""
    words = make_customer_words(booking, template=template, now=NOW, beside=(booking,) * count)["es"]
    rendered = render_message(
        carrier=get_carrier("sms"), template=template, subject_kind="booking", language="es", context=words
    )

    link = words["manage_url"] if template == "booking_moved" else words["book_url"]
    assert rendered.body_text.endswith(f" {link}")
    assert count_segments(rendered.body_text) <= 2


@pytest.mark.parametrize(
    ("language", "moved", "changed"), [("es", "movida a ", "cambiada"), ("en", "moved to ", "changed")]
)
@pytest.mark.parametrize("channel", ["sms", "email"])
def test_only_another_time_is_called_a_move(booking, language, moved, changed, channel):
    """The person alone may be another one: then the message names who it is."""

    def say(previous):
        rendered = render_message(
            carrier=get_carrier(channel),
            template="booking_moved",
            subject_kind="booking",
            language=language,
            context=make_customer_words(booking, template="booking_moved", now=NOW, previous=previous)[language],
        )
        return rendered.subject or rendered.body_text

    same, other = say(None), say(booking.starts_at - timedelta(days=1))

    assert (moved in same, moved in other) == (False, True)
    assert (changed in same, changed in other) == (True, False)
    person = fold_text(booking.people[0]) if channel == "sms" else booking.people[0]
    assert (person in same, person in other) == (True, False)
