"""Who answers STOP or BAJA gets no more SMS of that business, at once; ALTA brings them back; the ledger keeps both."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings as django_settings

from kernel.clock import utc_now
from notifications.models import Message
from notifications.public.models import TakenReply, TextedNumber
from notifications.services.codes import list_ways
from notifications.services.delivery import send_message
from notifications.services.messages import tell
from notifications.services.stops import Answered, take_reply
from notifications.types.messages import Recipient
from scheduling.models import Consent, Contact, Customer
from tenants.context import tenant_scope
from tenants.errors import RetryLater
from tests.integration.notifications.conftest import ABOUT, NOW, WORDS

PHONE = "+525512345678"
SECRET = "carrier-secret"


def sign(fields: dict[str, str], *, secret: str = SECRET) -> str:
    """As Twilio's page on security says, written anew."""
    text = f"http://{django_settings.PLATFORM_HOST}/carrier/sms/"
    for name, value in sorted(fields.items()):
        text += name + value
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()


@pytest.fixture
def answer(platform_client, sms_carrier, settings):
    settings.SMS_SECRET = sms_carrier.secret = SECRET
    sent: list[str] = []

    def _answer(text: str, *, phone: str = PHONE, signature: str | None = None, **more: str):
        sent.append(f"SM{len(sent) + 1}")
        fields = {"From": phone, "To": "+15005550006", "Body": text, "MessageSid": sent[-1], **more}
        signed = sign(fields) if signature is None else signature
        return platform_client.post("/carrier/sms/", fields, headers={"X-Twilio-Signature": signed})

    return _answer


@pytest.fixture
def text_to(tenant):
    def _text_to(key: str = "1", phone: str = PHONE) -> Message:
        recipient = Recipient(phone=phone)
        words = {"es": WORDS, "en": WORDS}
        tell(
            recipients=[recipient],
            template="booking_confirmed",
            about=ABOUT,
            words=words,
            key=key,
            now=utc_now(),
            limit="messages_staff",
        )
        return Message.objects.get(dedup_key__startswith=f"{key}:")

    return _text_to


def deliver(message: Message) -> tuple[str, str]:
    send_message(message.pk, utc_now())
    message.refresh_from_db()
    return message.status, message.reason


@pytest.fixture
def customer(tenant) -> Customer:
    made = Customer.objects.create(name="Ana", created_at=NOW)
    Contact.objects.create(customer=made, kind="phone", value=PHONE)
    return made


def test_stop_holds_at_once_and_also_for_what_waits(tenant, customer, text_to, answer):
    first, waiting = text_to("1"), text_to("2")
    assert deliver(first) == ("sent", "")

    response = answer("BAJA")

    assert response.status_code == 200
    assert response.content.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?><Response><Message>Negocio taller: este numero ya no recibe SMS. '
        "Las citas siguen como estan. ALTA los reactiva.</Message></Response>"
    )
    assert deliver(waiting) == ("cancelled", "withdrawn")
    assert (text_to("3").status, text_to("3").reason) == ("failed", "withdrawn")


def test_ledger_keeps_text_time_and_proof(tenant, customer, text_to, answer):
    deliver(text_to())
    answer("Stop, por favor")
    answer("ALTA")

    rows = Consent.objects.filter(customer=customer).order_by("pk")
    assert [(row.purpose, row.channel, row.proof, row.withdrawn_at is not None) for row in rows] == [
        ("reminders", "sms", {"text": "Stop, por favor", "message": "SM1"}, True),
        ("reminders", "sms", {"text": "ALTA", "message": "SM2"}, False),
    ]
    assert rows[0].withdrawn_at == rows[0].given_at


def test_alta_brings_them_back(tenant, text_to, answer):
    deliver(text_to("1"))
    answer("stop")
    response = answer("alta")

    assert "vuelve a recibir SMS" in response.content.decode()
    assert deliver(text_to("2")) == ("sent", "")


def test_alta_brings_back_what_was_stopped_last_whoever_wrote_since(tenant, other_tenant, text_to, answer):
    deliver(text_to("1"))
    answer("stop")
    TextedNumber.objects.create(
        recipient_hash=TextedNumber.objects.get().recipient_hash,
        schema_name=other_tenant.schema_name,
        texted_at=utc_now() + timedelta(minutes=1),
    )

    answer("alta")

    assert not TextedNumber.objects.filter(stopped_at__isnull=False).exists()
    assert deliver(text_to("2")) == ("sent", "")


def test_it_is_said_to_the_business_that_wrote_last(tenant, other_tenant, text_to, answer):
    deliver(text_to("1"))
    TextedNumber.objects.create(
        recipient_hash=TextedNumber.objects.get().recipient_hash,
        schema_name=other_tenant.schema_name,
        texted_at=NOW,
    )

    answer("STOP")

    stopped = TextedNumber.objects.filter(stopped_at__isnull=False)
    assert list(stopped.values_list("schema_name", "words", "proof")) == [(tenant.schema_name, "STOP", "SM1")]


def test_answer_of_a_number_that_nobody_wrote_to_holds_for_everybody(tenant, text_to, answer):
    answer("STOP")

    assert text_to().reason == "withdrawn"
    assert TextedNumber.objects.get().schema_name == ""


def test_answer_to_a_business_that_is_gone_holds_for_everybody(tenant, text_to, answer):
    deliver(text_to("1"))
    TextedNumber.objects.update(schema_name="t999_gone")

    answer("STOP")

    assert text_to("2").reason == "withdrawn"
    assert TextedNumber.objects.get(stopped_at__isnull=False).schema_name == ""


def test_another_answer_changes_nothing(tenant, text_to, answer):
    deliver(text_to("1"))

    response = answer("Sí, ahí estaré")

    assert response.content.decode().endswith("<Response></Response>")
    assert deliver(text_to("2")) == ("sent", "")


def test_no_code_is_promised_by_sms(tenant, text_to, answer):
    recipient = Recipient(phone=PHONE)
    assert [way.address for way in list_ways(recipient)] == [PHONE]
    answer("STOP")

    assert list_ways(recipient) == ()


def test_mails_go_on(tenant, answer):
    answer("STOP")
    tell(
        recipients=[Recipient(email="ana@example.com", phone=PHONE)],
        template="booking_confirmed",
        about=ABOUT,
        words={"es": WORDS, "en": WORDS},
        key="mail",
        now=utc_now(),
    )

    assert list(Message.objects.values_list("channel", "status")) == [("email", "queued")]


@pytest.mark.parametrize("changes", [{"signature": "forged"}, {"signature": ""}])
def test_what_the_carrier_did_not_sign_is_refused(tenant, text_to, answer, changes):
    response = answer("STOP", **changes)

    assert (response.status_code, TextedNumber.objects.count()) == (400, 0)


def test_signature_covers_every_field(tenant, answer):
    signature = sign({"From": PHONE, "To": "+15005550006", "Body": "STOP", "MessageSid": "SM1"})

    assert answer("STOP", phone="+525587654321", signature=signature, MessageSid="SM1").status_code == 400
    assert answer("STOP", signature=signature, MessageSid="SM1").status_code == 200


def test_without_a_carrier_nothing_is_signed(tenant, answer, settings):
    settings.SMS_SECRET = ""

    assert answer("STOP", signature=sign({}, secret="")).status_code == 400


def test_only_post_is_taken(platform_client):
    assert platform_client.get("/carrier/sms/").status_code == 405


def test_row_says_what_it_is(tenant):
    assert str(TextedNumber(schema_name="t1", stopped_at=None)) == "t1 open"


def is_open() -> bool:
    return not TextedNumber.objects.filter(stopped_at__isnull=False).exists()


def test_replayed_answer_changes_nothing(tenant, customer, text_to, answer):
    """The carrier hands an answer over again; the person has answered something else since."""
    deliver(text_to("1"))
    first = answer("STOP", MessageSid="SMa")
    answer("START", MessageSid="SMb")

    again = answer("STOP", MessageSid="SMa")

    assert "ya no recibe" in first.content.decode()
    assert (again.status_code, again.content.decode().endswith("<Response></Response>")) == (200, True)
    assert (is_open(), Consent.objects.filter(customer=customer).count()) == (True, 2)
    answer("STOP", MessageSid="SMc")
    assert not is_open()


def test_answers_without_an_id_all_count(tenant, text_to, answer):
    deliver(text_to("1"))
    for said in ("STOP", "START", "STOP"):
        answer(said, MessageSid="")

    assert (is_open(), TakenReply.objects.count()) == (False, 0)


def test_ids_of_answers_are_forgotten_in_time(tenant):
    TakenReply.objects.create(message_hash="old", taken_at=NOW - timedelta(days=91))
    kept = TakenReply.objects.create(message_hash="kept", taken_at=NOW - timedelta(days=89))

    take_reply(Answered(PHONE, "STOP", "SM1"), now=NOW)

    assert TakenReply.objects.filter(pk=kept.pk).exists()
    assert (TakenReply.objects.count(), str(kept)) == (2, f"{kept.taken_at:%Y-%m-%d %H:%M}")


@pytest.mark.parametrize("sid", ["SM\x00x", "x" * 5000, "ñ\ud7ff", "\r\nSet-Cookie: a=b"])
@pytest.mark.parametrize("text", ["STOP\x00", "\x00stop\x07", "Stop\u2028", "stop \U0001f6d1"])
def test_odd_characters_are_taken_and_cleaned(tenant, customer, text_to, answer, sid, text):
    deliver(text_to("1"))

    response = answer(text, MessageSid=sid)

    row = TextedNumber.objects.get()
    assert (response.status_code, is_open()) == (200, False)
    assert "\x00" not in row.words + row.proof
    assert Consent.objects.get(customer=customer).withdrawn_at is not None


@pytest.mark.parametrize(
    "phone", ["", "\x00", "+52551234\x005678", "12345", "MOVISTAR", "whatsapp:+525512345678", "+" + "9" * 40]
)
def test_what_is_no_number_is_ignored(tenant, text_to, answer, phone):
    deliver(text_to("1"))

    response = answer("STOP", phone=phone)

    assert (response.status_code, response.content.decode().endswith("<Response></Response>")) == (200, True)
    assert is_open()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"From=%2B525512345678&Body=STOP", "application/x-www-form-urlencoded; charset=utf-7"),
        (b"From=%2B525512345678&Body=STOP", "application/x-www-form-urlencoded; charset=klingon"),
        (b"From=%FF%FE&Body=%80STOP&MessageSid=%00", "application/x-www-form-urlencoded"),
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % number for number in range(2000)), "application/x-www-form-urlencoded"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"--x", "multipart/form-data"),
        (b"{}", "application/json"),
        (b"", "text/plain"),
    ],
)
def test_requests_that_nobody_signed_are_refused_in_any_encoding(tenant, answer, platform_client, body, content_type):
    response = platform_client.generic("POST", "/carrier/sms/", body, content_type=content_type)

    assert (response.status_code, TextedNumber.objects.count()) == (400, 0)


def test_bytes_that_are_no_text_are_read_as_far_as_they_are(tenant, text_to, answer, platform_client):
    deliver(text_to("1"))
    fields = {"From": PHONE, "Body": "STOP\ufffd", "MessageSid": "SM1"}
    body = b"From=%2B525512345678&Body=STOP%FF&MessageSid=SM1"

    response = platform_client.generic(
        "POST",
        "/carrier/sms/",
        body,
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": sign(fields)},
    )

    assert (response.status_code, is_open()) == (200, False)


def test_signature_in_other_letters_is_refused(tenant, answer):
    assert answer("STOP", signature="ñ" * 20).status_code == 400


ARGENTINE = "+5491123456789"


@pytest.mark.parametrize("answered_from", [ARGENTINE, "+541123456789"])
def test_argentine_is_found_in_the_ledger_with_and_without_the_nine(tenant, text_to, answer, answered_from):
    customer = Customer.objects.create(name="Eva", created_at=NOW)
    Contact.objects.create(customer=customer, kind="phone", value=ARGENTINE)
    with tenant_scope(replace(tenant, sms_countries=("AR",))):
        deliver(text_to("1", ARGENTINE))

        answer("BAJA", phone=answered_from)

        assert text_to("2", ARGENTINE).reason == "withdrawn"
    assert Consent.objects.get(customer=customer).channel == "sms"


def test_number_counts_as_texted_when_the_carrier_has_taken_the_message(tenant, text_to, sms_carrier):
    sms_carrier.answers = [(503, "{}")]
    message = text_to("1")
    with pytest.raises(RetryLater):
        send_message(message.pk, utc_now())
    assert TextedNumber.objects.count() == 0

    send_message(message.pk, utc_now() + timedelta(minutes=1))

    message.refresh_from_db()
    assert TextedNumber.objects.get().texted_at == message.sent_at
