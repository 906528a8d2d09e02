"""What the catcher reads in an e-mail and in a carrier's form."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from devtools.catcher.message import Attachment, parse_email, parse_sms

_CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def make_mail() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = " Tu cita en el taller Peña "
    message["To"] = "Ana@Example.com"
    message.set_content("Te esperamos el jueves.")
    message.add_alternative("<p>Te esperamos el jueves.</p>", subtype="html")
    return message


def test_bodies_and_headers_are_told_apart():
    raw = make_mail().as_bytes()

    arrival = parse_email(raw, sender="taller@example.com", recipients=["Ana@Example.com", "beto@example.com"])

    assert (arrival.channel, arrival.sender) == ("email", "taller@example.com")
    assert arrival.recipients == ("ana@example.com", "beto@example.com")
    assert arrival.subject == "Tu cita en el taller Peña"
    assert (arrival.text, arrival.html) == ("Te esperamos el jueves.\n", "<p>Te esperamos el jueves.</p>\n")
    assert ("To", "Ana@Example.com") in arrival.headers
    assert (arrival.attachments, arrival.raw) == ((), raw)


def test_attachments_keep_their_order_and_get_a_name():
    message = make_mail()
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="recibo nº 1.pdf")
    message.add_attachment(_CALENDAR, maintype="text", subtype="calendar")
    message.add_attachment(b"\x00\x01", maintype="application", subtype="octet-stream")

    arrival = parse_email(message.as_bytes(), sender="", recipients=[])

    assert arrival.attachments == (
        Attachment("recibo nº 1.pdf", "application/pdf", b"%PDF-1.7"),
        Attachment("invite.ics", "text/calendar", _CALENDAR),
        Attachment("unnamed", "application/octet-stream", b"\x00\x01"),
    )


def test_mail_without_a_body_has_no_texts():
    arrival = parse_email(
        b"Content-Type: application/pdf\r\n\r\n%PDF", sender="a@example.com", recipients=["b@x.example"]
    )

    assert (arrival.subject, arrival.text, arrival.html) == ("", "", "")
    assert arrival.attachments == (Attachment("unnamed", "application/pdf", b"%PDF"),)


def test_text_in_an_unknown_charset_is_read_as_well_as_it_can_be():
    raw = b'Content-Type: text/plain; charset="x-none"\r\nContent-Transfer-Encoding: 8bit\r\n\r\ncaf\xc3\xa9 \xff'

    assert parse_email(raw, sender="", recipients=[]).text == "café �"


@pytest.mark.parametrize(
    ("to", "channel", "recipient"),
    [("+5215512345678", "sms", "+5215512345678"), ("whatsapp:+5215512345678", "whatsapp", "+5215512345678")],
)
def test_a_form_becomes_a_message_of_its_channel(to, channel, recipient):
    form = {"To": to, "From": "+15005550006", "Body": "Tu cita: 10:00"}

    arrival = parse_sms(form, b"raw")

    assert (arrival.channel, arrival.recipients, arrival.sender) == (channel, (recipient,), "+15005550006")
    assert (arrival.subject, arrival.text, arrival.html, arrival.attachments) == ("", "Tu cita: 10:00", "", ())
    assert arrival.headers == (("Body", "Tu cita: 10:00"), ("From", "+15005550006"), ("To", to))
    assert arrival.raw == b"raw"


def test_a_messaging_service_stands_in_for_a_number():
    assert parse_sms({"To": "+5215512345678", "MessagingServiceSid": "MG1"}, b"").sender == "MG1"
