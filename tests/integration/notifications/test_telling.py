"""Who is told, how, and in which language is decided here, from what the other room knows of people."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from notifications import hooks
from notifications.channels import registry
from notifications.channels.registry import Carrier
from notifications.models import Message, MessageTemplate
from notifications.services.messages import tell
from notifications.services.threads import lock_message
from notifications.types.messages import Attachment, Recipient, Subject, Thread
from notifications.types.words import Vocabulary
from tenants.context import tenant_scope
from tenants.models import DueWork
from tests.integration.notifications.conftest import ABOUT, NOW, WORDS

BOTH = {"es": WORDS, "en": WORDS | {"when_short": "Tue, Nov 24"}}
FILE = Attachment(filename="a.ics", content_type="text/calendar", content="BEGIN")


def tell_of(*recipients: Recipient, **changes: object) -> None:
    values = {"template": "booking_confirmed", "about": ABOUT, "words": BOTH, "key": "event:1", "now": NOW}
    tell(recipients=recipients, **(values | changes))


def list_told() -> list[tuple[str, str, str]]:
    return list(Message.objects.order_by("pk").values_list("channel", "to", "reason"))


@pytest.mark.parametrize(
    ("recipient", "told"),
    [
        (Recipient(email="ana@example.com", phone="+525512345678"), [("email", "ana@example.com", "")]),
        (Recipient(phone="+525512345678"), [("sms", "+525512345678", "")]),
        (Recipient(email="ana@", phone="+525512345678"), [("sms", "+525512345678", "")]),
        (Recipient(email=" ana@example.com ", phone="55"), [("email", "ana@example.com", "")]),
        (Recipient(email="ana@"), [("email", "ana@", "recipient_invalid")]),
        (Recipient(phone="55"), [("sms", "55", "recipient_invalid")]),
        (Recipient(email="ana@", phone="55"), [("sms", "55", "recipient_invalid")]),
        (Recipient(), []),
        (Recipient(email="  "), []),
    ],
)
def test_carrier_is_the_first_that_reaches_someone(tenant, recipient, told):
    tell_of(recipient)

    assert list_told() == told
    due = DueWork.objects.filter(schema_name=tenant.schema_name, kind="message").count()
    assert due == len([reason for _, _, reason in told if not reason])


@pytest.mark.parametrize(
    ("locale", "language"),
    [("es", "es"), ("en", "en"), ("en-US", "en"), ("EN_us", "en"), ("es-AR", "es"), ("", "es"), ("fr", "es")],
)
def test_language_is_the_readers_or_the_business_own(tenant, locale, language):
    tell_of(Recipient(email="ana@example.com", locale=locale))

    message = Message.objects.get()
    assert (message.locale, "Tue, Nov 24" in message.subject) == (language, language == "en")


@pytest.mark.parametrize(("own", "language"), [("en", "en"), ("pt", "es")])
def test_language_of_the_business_counts_for_readers_of_others(tenant, own, language):
    with tenant_scope(replace(tenant, locale=own)):
        tell_of(Recipient(email="ana@example.com", locale="fr"))

    assert Message.objects.get().locale == language


def test_each_address_is_told_once_for_one_key(tenant):
    shared = Recipient(email="Olga@example.com", locale="en")
    tell_of(shared, Recipient(email="olga@EXAMPLE.com", locale="es"), Recipient(email="eva@example.com"))
    tell_of(shared)
    tell_of(shared, key="event:2")

    assert list(Message.objects.order_by("pk").values_list("to", "locale")) == [
        ("olga@example.com", "en"),
        ("eva@example.com", "es"),
        ("olga@example.com", "en"),
    ]


def test_files_travel_by_email_only(tenant):
    tell_of(Recipient(email="ana@example.com"), Recipient(phone="+525512345678"), attachments=(FILE,))

    files = {message.channel: [each["filename"] for each in message.attachments] for message in Message.objects.all()}
    assert files == {"email": ["a.ics"], "sms": []}


@pytest.mark.parametrize(
    ("reply_to", "kept"),
    [
        ("hola@taller.example", "hola@taller.example"),
        ("Hola@Bücher.example\u202c", "hola@xn--bcher-kva.example"),
        ("lit@[127.0.0.1]", ""),
        ("no@", ""),
        ("", ""),
    ],
)
def test_answers_go_to_a_real_address_or_nowhere_else(tenant, reply_to, kept):
    tell_of(Recipient(email="ana@example.com"), reply_to=reply_to)

    assert Message.objects.get().reply_to == kept


def test_message_names_its_subject(tenant):
    tell_of(Recipient(email="ana@example.com"))

    assert list(Message.objects.values_list("subject_kind", "subject_id")) == [("booking", 7)]


def test_new_carrier_is_a_registration(tenant, monkeypatch):
    """Delivery and choice know no carrier by name: one that is put in between is found."""
    sent = []
    monkeypatch.setattr(registry, "_carriers", dict(registry._carriers))
    pigeon = Carrier(
        channel="sms",  # the table knows two words; a third comes with its migration
        send=lambda message: sent.append((message.to, message.body_text)) or "P1",
        find_address=lambda recipient: recipient.phone,
        is_address=lambda address: address == "loft 7",
        folder="sms",
        pick_text=lambda versions: versions[0][:29],
    )
    registry.register_carrier(pigeon)
    from notifications.services.delivery import send_message

    tell_of(Recipient(phone="loft 7"))
    send_message(Message.objects.get().pk, NOW)

    assert sent == [("loft 7", "Negocio taller: cita confirma")]
    assert list(Message.objects.values_list("status", "provider_id")) == [("sent", "P1")]


def test_words_of_a_kind_are_shown_as_its_room_says(tenant, monkeypatch):
    monkeypatch.setattr(hooks, "_vocabularies", {})
    vocabulary = Vocabulary(rows={"price": "Price", "when": "When"}, notes=("extra",), terms=("small",))
    hooks.register_words("offer", vocabulary)
    words = {"when": "hoy\ntarde", "price": "$5", "place": "aquí", "extra": "Trae algo.", "small": "Sin cambios."}
    words |= {"contact": "+52 55", "footnote": "Fin."}

    tell_of(Recipient(email="ana@example.com"), about=Subject("offer", 1), words={"es": words})

    assert Message.objects.get().body_text.split("\n\n", 2)[2] == (
        "Precio: $5\nCuándo: hoy, tarde\n\nTrae algo.\n\nSin cambios.\n\n--\nNegocio taller, +52 55\nFin.\n"
    )


def test_own_text_names_words_of_its_kind_only(tenant, monkeypatch, caplog):
    monkeypatch.setattr(hooks, "_vocabularies", {})
    hooks.register_words("booking", Vocabulary(rows={}, placeholders=frozenset({"when"})))
    MessageTemplate.objects.create(
        key="booking_confirmed", channel="email", locale="es", subject="{business_name}: {when}", body="{when}"
    )
    tell_of(Recipient(email="ana@example.com"))
    MessageTemplate.objects.update(body="{price}")
    tell_of(Recipient(email="eva@example.com"))

    subjects = list(Message.objects.order_by("pk").values_list("subject", flat=True))
    assert subjects == [
        "Negocio taller: martes 24 de noviembre, 9:00 a.m.",
        "Cita confirmada: Cambio de aceite, mar 24 de nov, 9:00 a.m.",
    ]
    assert [record.message for record in caplog.records] == ["tenant_template_broken"]


@pytest.mark.parametrize(
    ("template", "words", "heading"),
    [
        ("booking_moved", {"previous_when": "ayer", "when_short": "mar 24, 10:30"}, "Cita movida a mar 24, 10:30"),
        ("booking_confirmed", {"service_name": "Corte: largo"}, "Cita confirmada"),
        ("invitation", {"business_name": "Taller: Centro"}, None),
    ],
)
def test_heading_keeps_the_colons_of_times_and_names(tenant, template, words, heading):
    context = WORDS | words
    tell_of(Recipient(email="ana@example.com"), template=template, words={"es": context, "en": context})

    message = Message.objects.get()
    shown = re.search(r"<h1[^>]*>(.*?)</h1>", message.body_html)[1]
    assert shown == (message.subject if heading is None else heading)
    assert "\ue000" not in message.subject + message.body_text + message.body_html
    assert WORDS["action_url"] in message.body_text


def test_subject_of_a_business_is_its_heading_whole(tenant):
    subject = "Importante: tu cita"
    MessageTemplate.objects.create(
        key="booking_confirmed", channel="email", locale="es", subject=subject, body="Hola {customer_name}"
    )
    tell_of(Recipient(email="ana@example.com"), about=Subject("booking", 7))

    assert f">{subject}</h1>" in Message.objects.get().body_html


def test_message_is_locked_after_those_that_wait_before_it(tenant, django_assert_max_num_queries):
    """Whoever adds to a thread locks what it replaces first: the other order would be a deadlock."""
    thread = Thread(role="customer", state={}, is_live=True)
    for key in ("1", "2"):
        tell_of(Recipient(email="ana@example.com"), key=key, thread=thread)
        Message.objects.update(attempts=1)

    first, last = Message.objects.order_by("pk")
    with django_assert_max_num_queries(10) as counted:
        locked = lock_message(last.pk)

    locks = [each["sql"] for each in counted.captured_queries if "FOR UPDATE" in each["sql"]]
    assert (locked.pk, first.status, len(locks)) == (last.pk, "queued", 2)
    assert ("ORDER BY" in locks[0], str(last.pk) in locks[1]) == (True, True)
