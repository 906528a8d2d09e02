from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from notifications.channels.registry import get_carrier
from notifications.engine.segments import count_segments
from notifications.enums import MessageReason, MessageStatus
from notifications.errors import TemplateMissing
from notifications.models import Event, Message, MessageTemplate
from notifications.selectors.messages import list_messages
from notifications.services.rendering import render_message
from notifications.types.messages import Subject
from tenants.context import tenant_scope
from tenants.models import DueWork
from tests.integration.notifications.conftest import ABOUT, NOW, WORDS


def render(channel: str = "email", **changes: object):
    values = {"template": "booking_confirmed", "subject_kind": "booking", "language": "es", "context": WORDS}
    return render_message(carrier=get_carrier(channel), **(values | changes))


def test_queue_message_stores_once_per_key(tenant, queue):
    first, again = queue(), queue(to="other@example.com")

    assert first == again
    assert list(Message.objects.values_list("to", "status")) == [("ana@example.com", MessageStatus.QUEUED)]
    due = DueWork.objects.filter(schema_name=tenant.schema_name, kind="message")
    assert list(due.values_list("row_id", "due_at")) == [(first, NOW)]


@pytest.mark.parametrize(("is_secret", "category"), [(False, "transactional"), (True, "security")])
def test_message_says_what_it_is_for_and_no_price_until_one_is_known(tenant, queue, is_secret, category):
    queue(is_secret=is_secret)

    assert list(Message.objects.values_list("category", "price_minor", "price_currency")) == [(category, None, "")]


def test_price_has_its_currency(tenant, queue):
    message_id = queue()

    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message_id).update(price_minor=5)


@pytest.mark.parametrize(
    ("channel", "to"),
    [
        ("email", "ana"),
        ("email", "ana@example.com\nBcc: b@example.com"),
        ("email", "a@b.example,c@d.example"),
        ("email", ""),
        ("sms", "555"),
        ("sms", "+52 55 1234"),
    ],
)
def test_queue_message_notes_an_impossible_recipient(tenant, queue, channel, to):
    queue(channel=channel, to=to)

    assert list(Message.objects.values_list("status", "reason")) == [
        (MessageStatus.FAILED, MessageReason.RECIPIENT_INVALID)
    ]
    assert DueWork.objects.filter(kind="message").count() == 0


def test_addresses_with_line_breaks_are_none():
    assert [get_carrier("email").is_address("a@b.example\n"), get_carrier("sms").is_address("+15551234567\n")] == [
        False,
        False,
    ]


def test_unknown_template_is_an_error_of_ours(tenant, queue):
    with pytest.raises(TemplateMissing):
        queue(template="nothing")

    assert Message.objects.count() == 0


def test_email_in_spanish_says_everything(tenant):
    message = render()

    assert message.subject == "Cita confirmada: Cambio de aceite, mar 24 de nov, 9:00 a.m."
    for part in ("Hola, Ana:", "Tu cita en Negocio taller está confirmada.", "martes 24", "Taller Centro", "7KQ2MB"):
        assert part in message.body_text
        assert part in message.body_html
    assert "Ver, cambiar o cancelar: http://taller.localhost:8000/b/abc/" in message.body_text
    assert "\n\n\n" not in message.body_text


def test_email_in_english(tenant):
    message = render(language="en")

    assert message.subject.startswith("Appointment confirmed: ")
    assert "Hello Ana," in message.body_text
    assert "Service: Cambio de aceite" in message.body_text


def test_clinic_speaks_formally(tenant):
    with tenant_scope(replace(tenant, vertical="clinic")):
        message = render()

    assert "Su cita en" in message.body_text
    assert "Tu cita" not in message.body_text


def test_business_whose_pack_is_gone_still_writes(tenant):
    with tenant_scope(replace(tenant, vertical="circus")):
        assert "Tu cita en" in render().body_text


def test_rows_say_what_they_are(tenant, queue):
    queue()
    own = MessageTemplate(key="booking_moved", channel="email", locale="es")
    event = Event(kind="booking.moved", subject_id=7)

    assert [str(Message.objects.get()), str(own), str(event)] == [
        "booking_confirmed → ana@example.com",
        "booking_moved email es",
        "booking.moved 7",
    ]


def test_html_escapes_what_strangers_typed(tenant):
    message = render(context=WORDS | {"customer_name": "<script>alert(1)</script>", "place": "<b>x</b>"})

    assert "<script>" not in message.body_html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in message.body_html
    assert "<b>x" not in message.body_html


def test_subject_is_one_line(tenant):
    message = render(context=WORDS | {"service_name": "Aceite\r\nBcc: all@example.com"})

    assert message.subject == "Cita confirmada: Aceite"


def test_accent_that_is_no_color_stays_out(tenant):
    with tenant_scope(replace(tenant, accent='red;"><script>')):
        html = render().body_html

    assert "#1d4ed8" in html
    assert "<script>" not in html


def test_sms_is_one_line_of_two_segments_at_most(tenant):
    message = render(channel="sms", context=WORDS | {"service_name": "x " * 900, "when_short": "x" * 900})

    assert message.subject == ""
    assert count_segments(message.body_text) == 2
    assert message.body_text.endswith("... http://taller.localhost:8000/b/abc/")
    assert "\n" not in message.body_text


def test_own_template_replaces_the_opening_only(tenant):
    MessageTemplate.objects.create(
        key="booking_confirmed",
        channel="email",
        locale="es",
        subject="¡Listo, {customer_name}!",
        body="Ven el {when}, por favor.",
    )

    message = render()

    assert message.subject == "¡Listo, Ana!"
    assert message.body_text.startswith("Ven el martes 24 de noviembre, 9:00 a.m., por favor.\n")
    assert "http://taller.localhost:8000/b/abc/" in message.body_text


@pytest.mark.parametrize("body", ["Hola {nobody}", "Hola {customer_name", ""])
def test_broken_own_template_falls_back(tenant, body, caplog):
    MessageTemplate.objects.create(key="booking_confirmed", channel="email", locale="es", subject="x", body=body)

    message = render()

    assert message.subject.startswith("Cita confirmada: ")
    assert [record.message for record in caplog.records] == ["tenant_template_broken"]


@pytest.mark.parametrize("count", [1, 3])
def test_message_log_takes_one_query(tenant, queue, django_assert_num_queries, count):
    for number in range(count):
        queue(dedup_key=str(number))
    queue(dedup_key="another booking", about=Subject("booking", 8))
    queue(dedup_key="another thing", about=Subject("offer", 7))

    with django_assert_num_queries(1):
        log = list_messages(about=ABOUT)

    assert [(line.template, line.to, line.status) for line in log] == [
        ("booking_confirmed", "ana@example.com", "queued")
    ] * count
