from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from notifications.channels.registry import get_carrier
from notifications.services.messages import queue_message
from notifications.types.messages import Subject
from tests.fakes.mail_server import running_mail_server
from tests.fakes.sms_carrier import running_sms_carrier

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
ABOUT = Subject("booking", 7)
WORDS = {
    "can_change": "yes",
    "customer_name": "Ana",
    "service_name": "Cambio de aceite",
    "when": "martes 24 de noviembre, 9:00 a.m.",
    "when_short": "mar 24 de nov, 9:00 a.m.",
    "place": "Taller Centro\nAv. Juárez 1",
    "reference": "7KQ2MB",
    "manage_url": "http://taller.localhost:8000/b/abc/",
    "book_url": "http://taller.localhost:8000/",
    "action_url": "http://taller.localhost:8000/b/abc/",
    "action_label": "Ver, cambiar o cancelar",
    "what_to_bring": "Trae tarjeta de circulación.",
    "cancel_policy": "Se puede cancelar hasta las 5.",
}


@pytest.fixture
def mail_server(settings):
    with running_mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        settings.EMAIL_TIMEOUT = 2
        yield server


@pytest.fixture
def sms_carrier(settings):
    with running_sms_carrier() as carrier:
        settings.SMS_URL, settings.SMS_ACCOUNT, settings.SMS_SECRET = carrier.url, carrier.account, carrier.secret
        settings.SMS_FROM, settings.SMS_TIMEOUT_SECONDS = "+15005550006", 2
        yield carrier


@pytest.fixture
def queue() -> Callable[..., int]:
    def _queue(channel: str = "email", **changes: object) -> int:
        values = {
            "carrier": get_carrier(channel),
            "template": "booking_confirmed",
            "to": "ana@example.com",
            "language": "es",
            "context": WORDS,
            "dedup_key": "event:1:booking_confirmed:email:ana@example.com",
            "about": ABOUT,
            "now": NOW,
        }
        return queue_message(**(values | changes))

    return _queue
