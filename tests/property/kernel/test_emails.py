"""Every address that is accepted survives whoever writes it: Django's mails, Python's policies, calendars, SMTP."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

from django.core.mail.message import sanitize_address
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from kernel.emails import LONGEST_EMAIL, clean_email
from notifications.channels.email import make_email
from notifications.types.messages import OutgoingMessage

LOCAL = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=64)
LABEL = st.text(st.characters(categories=("Ll", "Lo", "Lu", "Nd", "Mn", "Cf", "So")), min_size=1, max_size=20)
DOMAIN = st.lists(LABEL | st.from_regex(r"[a-z0-9]{1,20}", fullmatch=True), min_size=1, max_size=4).map(".".join)
TYPED = st.one_of(
    st.builds("{}@{}.com".format, LOCAL, DOMAIN),
    st.builds("{}@{}.com".format, st.from_regex(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}", fullmatch=True), DOMAIN),
    st.builds("{}@{}".format, st.text(max_size=20), DOMAIN),
    st.emails(),
)


def write(address: str) -> bytes:
    message = OutgoingMessage(
        message_key="k",
        sender_name="Taller Ñandú, “El Rápido”",
        to=address,
        reply_to=address,
        subject="Cita",
        body_text="Hola\n",
        body_html="<p>Hola</p>",
        attachments=(),
    )
    return make_email(message).message().as_bytes(linesep="\r\n")


@given(TYPED)
@example("a@" + ".".join(["b" * 60] * 3) + ".example")
@example("=?x?q?=41?=@example.com")
@example("ANA+x@BÜCHER.example")
def test_an_accepted_address_survives_every_encoder(typed):
    address = clean_email(typed)
    if address is None:
        return

    assert address.isascii()
    assert len(address) <= LONGEST_EMAIL
    assert clean_email(address) == address
    assert sanitize_address(address, "utf-8") == address
    raw = write(address)
    for rules in (policy.default, policy.SMTP, policy.SMTPUTF8):
        read = message_from_bytes(raw, policy=rules)
        assert [each.addr_spec for each in (*read["To"].addresses, *read["Reply-To"].addresses)] == [address] * 2
        mail = EmailMessage(policy=rules)
        mail["To"] = mail["Reply-To"] = address
        again = message_from_bytes(mail.as_bytes(), policy=policy.default)
        assert [each.addr_spec for each in again["To"].addresses] == [address]
    assert max(map(len, raw.split(b"\r\n"))) < 998
    (event,) = Calendar.from_ical(
        f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nATTENDEE:mailto:{address}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).walk("VEVENT")
    assert event["ATTENDEE"] == f"mailto:{address}"
