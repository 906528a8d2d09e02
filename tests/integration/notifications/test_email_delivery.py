from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from devtools.servers.ports import take_port
from kernel.clock import utc_now
from kernel.emails import clean_email
from notifications.channels import registry
from notifications.channels.email import send_email
from notifications.enums import MessageReason, MessageStatus
from notifications.errors import DeliveryRefused
from notifications.models import Message
from notifications.services.delivery import LEASE, MAX_ATTEMPTS, send_message
from notifications.types.messages import Attachment, OutgoingMessage
from telemetry.meters import OWN
from tenants.context import tenant_scope
from tenants.errors import RetryLater
from tests.integration.notifications.conftest import NOW, WORDS

CALENDAR = Attachment(
    filename="7KQ2MB.ics",
    content_type="text/calendar; method=REQUEST",
    content="BEGIN:VCALENDAR\r\nSUMMARY:Pérez\r\nEND:VCALENDAR\r\n",
    is_alternative=True,
)


def send(message_id: int) -> None:
    send_message(message_id, utc_now())


def outcome() -> tuple[str, str, int]:
    message = Message.objects.get()
    return message.status, message.reason, message.attempts


def test_message_is_sent_once_and_marked(tenant, queue, mail_server):
    message_id = queue()

    send(message_id)
    send(message_id)

    message = Message.objects.get()
    assert (message.status, message.attempts, message.leased_until, message.last_error) == ("sent", 1, None, "")
    assert [address for address, _ in mail_server.taken] == ["ana@example.com"]
    assert mail_server.message_ids == [message.provider_id]


def test_email_has_text_html_and_invitation(tenant, queue, mail_server):
    send(queue(attachments=(CALENDAR,), reply_to="hola@taller.example"))

    mail = mail_server.taken[0][1]
    assert mail["From"] == "Negocio taller <citas@turnero.example>"
    assert (mail["To"], mail["Reply-To"], mail["Auto-Submitted"]) == (
        "ana@example.com",
        "hola@taller.example",
        "auto-generated",
    )
    assert mail["Subject"] == "Cita confirmada: Cambio de aceite, mar 24 de nov, 9:00 a.m."
    parts = [(part.get_content_type(), part.get_filename()) for part in mail.walk() if not part.is_multipart()]
    assert parts == [
        ("text/plain", None),
        ("text/html", None),
        ("text/calendar", None),
        ("text/calendar", "7KQ2MB.ics"),
    ]
    calendar = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_param("method") for part in calendar] == ["REQUEST", "REQUEST"]
    assert ["Pérez" in part.get_content() for part in calendar] == [True, True]


@pytest.mark.parametrize("sender", ["Taller\r\nBcc: all@example.com", "Peña, Ruiz & Cía. <x@y.example>", "", "x" * 500])
def test_sender_name_cannot_add_headers(tenant, queue, mail_server, sender):
    with tenant_scope(replace(tenant, name=sender)):
        send(queue())

    mail = mail_server.taken[0][1]
    assert outcome()[0] == "sent"
    assert mail["Bcc"] is None
    assert [address.addr_spec for address in mail["From"].addresses] == ["citas@turnero.example"]


def test_temporary_refusal_is_tried_again_with_the_same_id(tenant, queue, mail_server):
    mail_server.answers = {"ana@example.com": ["451 try later"], "DATA": ["452 full"]}
    message_id = queue()

    for attempt in (1, 2):
        with pytest.raises(RetryLater) as raised:
            send(message_id)
        wait = (raised.value.at - utc_now()).total_seconds()
        assert 10 * attempt - 2 < wait <= 10 * attempt
        assert outcome() == ("queued", "", attempt)
    send(message_id)

    assert outcome() == ("sent", "", 3)
    assert len(mail_server.taken) == 1


@pytest.mark.parametrize("answers", [{"ana@example.com": ["550 nobody here"]}, {"DATA": ["554 no spam"]}])
def test_permanent_refusal_ends_it(tenant, queue, mail_server, answers):
    said = next(iter(answers.values()))[0]
    mail_server.answers = {place: list(replies) for place, replies in answers.items()}
    message_id = queue()

    send(message_id)
    send(message_id)

    assert outcome() == ("failed", "refused", 1)
    assert Message.objects.get().last_error == said
    assert mail_server.taken == []


def test_our_own_sign_in_trouble_is_no_refusal(tenant, queue, mail_server):
    mail_server.answers = {"DATA": ["530 authentication required"]}

    with pytest.raises(RetryLater):
        send(queue())

    assert outcome() == ("queued", "", 1)


def test_absent_server_is_tried_again_and_given_up_in_the_end(tenant, queue, mail_server, settings):
    settings.EMAIL_PORT = take_port()
    message_id = queue()
    with pytest.raises(RetryLater):
        send(message_id)
    assert outcome() == ("queued", "", 1)
    Message.objects.update(attempts=MAX_ATTEMPTS - 1)

    send(message_id)

    assert outcome() == ("failed", "gave_up", MAX_ATTEMPTS)
    assert "refused" in Message.objects.get().last_error.lower()


def test_slow_server_is_left_after_the_timeout(tenant, queue, mail_server, settings):
    settings.EMAIL_TIMEOUT = 0.3
    mail_server.pause_seconds = 1.5
    started = utc_now()

    with pytest.raises(RetryLater):
        send(queue())

    assert utc_now() - started < timedelta(seconds=1.4)


def test_leased_message_is_left_to_its_worker(tenant, queue, mail_server):
    message_id = queue()
    until = utc_now() + LEASE
    Message.objects.update(status=MessageStatus.SENDING, leased_until=until, attempts=1)

    with pytest.raises(RetryLater) as raised:
        send(message_id)

    assert raised.value.at == until
    assert mail_server.taken == []


def test_message_of_a_dead_worker_is_sent_when_its_lease_ended(tenant, queue, mail_server):
    message_id = queue()
    Message.objects.update(status=MessageStatus.SENDING, leased_until=utc_now() - timedelta(seconds=1), attempts=1)

    send(message_id)

    assert outcome() == ("sent", "", 2)


def test_worker_that_lost_its_lease_still_notes_that_it_sent(tenant, queue, mail_server, monkeypatch):
    message_id = queue()
    email = registry.get_carrier("email")

    def send_slowly(outgoing):
        provider_id = email.send(outgoing)
        Message.objects.update(attempts=2)  # another worker took it meanwhile
        return provider_id

    monkeypatch.setitem(registry._carriers, "email", replace(email, send=send_slowly))

    send(message_id)

    assert outcome() == ("sent", "", 2)


def test_channel_of_a_newer_version_waits_for_a_worker_that_knows_it(tenant, queue, mail_server, monkeypatch):
    message_id = queue()
    with monkeypatch.context() as older:
        older.setattr(registry, "_carriers", {"sms": registry.get_carrier("sms")})
        with pytest.raises(RetryLater):
            send(message_id)
    assert outcome() == ("queued", "", 1)

    send(message_id)

    assert outcome() == ("sent", "", 2)


def test_late_message_is_not_sent(tenant, queue, mail_server):
    send(queue(expires_at=NOW))

    assert outcome() == ("cancelled", MessageReason.TOO_LATE, 0)
    assert mail_server.taken == []


def test_cancelled_message_is_not_sent(tenant, queue, mail_server):
    message_id = queue()
    Message.objects.update(status=MessageStatus.CANCELLED)

    send(message_id)

    assert mail_server.taken == []


def make_outgoing(**changes: object) -> OutgoingMessage:
    values = {
        "message_key": "k", "sender_name": "Taller", "to": "ana@example.com", "reply_to": "", "subject": "Hola",
        "body_text": "Hola.", "body_html": "", "attachments": (),
    }  # fmt: skip
    return OutgoingMessage(**(values | changes))


def test_plain_mail_with_a_file_has_just_these_parts(mail_server):
    send_email(make_outgoing(attachments=(replace(CALENDAR, is_alternative=False),)))

    (_, mail) = mail_server.taken[0]
    parts = [(part.get_content_type(), part.get_filename()) for part in mail.walk() if not part.is_multipart()]
    assert parts == [("text/plain", None), ("text/calendar", "7KQ2MB.ics")]


@pytest.mark.parametrize(
    "wrong", ["no@", "a@example.com\u202c\ufffd", "lit@[127.0.0.1]", "a\r\nBcc: b@example.com", "\ud800@example.com"]
)
def test_a_wrong_reply_to_costs_the_header_never_the_message(mail_server, wrong):
    send_email(make_outgoing(reply_to=wrong))

    ((to, mail),) = mail_server.taken
    assert (to, mail["Reply-To"], mail["Bcc"]) == ("ana@example.com", None, None)


@pytest.mark.parametrize(
    "typed", ["Ana+x@Bücher.example", "a!#$%&'*/^`{|}~@example.com", f"{'a' * 64}@{'.'.join(['b' * 61] * 3)}.exa"]
)
def test_a_server_takes_every_address_that_we_accept(mail_server, typed):
    address = clean_email(typed)

    send_email(make_outgoing(to=address, reply_to=address, sender_name="Ñandú, “El Rápido”", subject="¿Mañana? " * 20))

    ((to, mail),) = mail_server.taken
    assert (to, mail["To"], mail["Reply-To"]) == (address, address, address)


def test_what_was_stored_before_it_was_refused_breaks_no_message(tenant, queue, mail_server):
    send(queue(context=WORDS | {"customer_name": "Ana\x00\ud800", "place": "Taller\u2028Calle 1\x0b"}))

    text = mail_server.taken[0][1].get_body(("plain",)).get_content()
    assert "Taller\nCalle 1\n" in text.replace("\r\n", "\n") or "Taller, Calle 1" in text
    assert outcome() == ("sent", "", 1)


def test_mail_that_cannot_be_written_down_is_refused_for_good(mail_server):
    with pytest.raises(DeliveryRefused):
        send_email(make_outgoing(subject="Hola\r\nBcc: all@example.com"))

    assert mail_server.taken == []


def read_counts() -> list[float]:
    labels = [{"channel": "email", "outcome": outcome} for outcome in ("sent", "retried", "failed")]
    return [OWN.get_sample_value("turnero_messages_total", each) or 0.0 for each in labels]


@pytest.mark.parametrize(
    ("answers", "counted"),
    [
        ({}, [1, 0, 0]),
        ({"DATA": ["451 later"]}, [0, 1, 0]),
        ({"ana@example.com": ["550 nobody here"]}, [0, 0, 1]),
    ],
    ids=["sent", "retried", "failed"],
)
def test_attempt_is_counted_by_how_it_ended(tenant, queue, mail_server, answers, counted):
    mail_server.answers = {place: list(replies) for place, replies in answers.items()}
    message_id, before = queue(), read_counts()

    with suppress(RetryLater):
        send(message_id)
    after = read_counts()

    assert [each - other for each, other in zip(after, before, strict=True)] == counted
