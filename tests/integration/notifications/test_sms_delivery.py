from __future__ import annotations

import json

import pytest

from kernel.clock import utc_now
from notifications.models import Message
from notifications.services.delivery import send_message
from tenants.errors import RetryLater
from tests.fakes.web_server import redirect, running_web_server, say


@pytest.fixture
def queue_sms(queue):
    return lambda: queue(channel="sms", to="+525512345678")


def outcome() -> tuple[str, str]:
    message = Message.objects.get()
    return message.status, message.reason


def test_sms_is_sent_once(tenant, queue_sms, sms_carrier):
    message_id = queue_sms()

    send_message(message_id, utc_now())
    send_message(message_id, utc_now())

    text = (
        "Negocio taller: cita confirmada, mar 24 de nov, 9:00 a.m., Cambio de aceite, ref. 7KQ2MB. "
        "Cambiar o cancelar: http://taller.localhost:8000/b/abc/"
    )
    assert sms_carrier.taken == [{"To": "+525512345678", "From": "+15005550006", "Body": text}]
    assert Message.objects.get().provider_id == f"SM{1:032x}"


@pytest.mark.parametrize(
    ("status", "body"),
    [(503, "busy"), (429, '{"code": 20429, "message": "Too many"}'), (401, "{}"), (500, "[]"), (404, "")],
)
def test_busy_carrier_is_tried_again(tenant, queue_sms, sms_carrier, status, body):
    sms_carrier.answers = [(status, body)]
    message_id = queue_sms()

    with pytest.raises(RetryLater):
        send_message(message_id, utc_now())
    assert outcome() == ("queued", "")
    send_message(message_id, utc_now())

    assert outcome() == ("sent", "")
    assert len(sms_carrier.taken) == 1


def test_refused_number_ends_it(tenant, queue_sms, sms_carrier):
    sms_carrier.answers = [(400, json.dumps({"code": 21211, "message": "Invalid 'To' Phone Number"}))]

    send_message(queue_sms(), utc_now())

    assert outcome() == ("failed", "refused")
    assert Message.objects.get().last_error == "400 21211 Invalid 'To' Phone Number"


def test_unreadable_acceptance_is_not_sent_again(tenant, queue_sms, sms_carrier):
    sms_carrier.answers = [(201, "<html>")]

    send_message(queue_sms(), utc_now())

    assert outcome() == ("sent", "")


def test_acceptance_that_breaks_off_is_not_sent_again(tenant, queue_sms, settings):
    with running_web_server(say(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{")) as carrier:
        settings.SMS_URL, settings.SMS_ACCOUNT, settings.SMS_SECRET = f"http://127.0.0.1:{carrier.port}", "AC42", "x"
        settings.SMS_FROM = "+15005550006"

        send_message(queue_sms(), utc_now())

    assert outcome() == ("sent", "")


def test_carrier_that_points_elsewhere_is_not_followed(tenant, queue_sms, settings):
    with running_web_server() as elsewhere:
        with running_web_server(redirect(f"http://127.0.0.1:{elsewhere.port}/", 307)) as carrier:
            settings.SMS_URL, settings.SMS_ACCOUNT, settings.SMS_SECRET = f"http://127.0.0.1:{carrier.port}", "A", "x"
            settings.SMS_FROM = "+15005550006"

            with pytest.raises(RetryLater):
                send_message(queue_sms(), utc_now())

        assert (outcome(), Message.objects.get().last_error, elsewhere.connections) == (("queued", ""), "307", 0)


def test_slow_carrier_is_left_after_the_timeout(tenant, queue_sms, sms_carrier, settings):
    settings.SMS_TIMEOUT_SECONDS = 0.3
    sms_carrier.pause_seconds = 1

    with pytest.raises(RetryLater):
        send_message(queue_sms(), utc_now())

    assert "timed out" in Message.objects.get().last_error


def test_without_carrier_it_fails_at_once(tenant, queue_sms, settings):
    settings.SMS_URL = None

    send_message(queue_sms(), utc_now())

    assert outcome() == ("failed", "no_carrier")
