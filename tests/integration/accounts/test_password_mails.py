"""Password mails go through the outbox: whatever the mail server does, the page answers, and the mail arrives later."""

from __future__ import annotations

import re
import socket

import pytest
from django.core import mail
from django.db import connection

from accounts.models import User
from devtools.servers.ports import take_port
from notifications.models import Message
from notifications.public.models import Message as PublicMessage
from tenants.models import DueWork
from tests.conftest import HostClient
from tests.fakes.due_work import send_messages
from tests.fakes.mail_server import running_mail_server
from tests.harness.mails import read_subject
from tests.harness.platform import forget_leftovers

OWNER = "owner@taller.example"


def ask_for_password(client: HostClient, email: str, **more: str):
    return client.post("/accounts/password/reset/", {"email": email}, **more)


@pytest.fixture
def smtp(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    return settings


@pytest.fixture
def operator(db):
    forget_leftovers()
    before = connection.tenant
    connection.set_schema_to_public()
    person = User.objects.create(email="op@turnero.example", name="Olivia", role="operator", locale="en")
    connection.set_tenant(before)
    return person


def point_at(settings, server) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port


def outcome() -> tuple[str, str, int]:
    message = Message.objects.get()
    return message.status, message.reason, message.attempts


def test_mail_is_a_row_before_it_is_anything_else(customer_client, tenant):
    answer = ask_for_password(customer_client, OWNER)

    message = Message.objects.get()
    assert (answer.status_code, mail.outbox) == (302, [])
    assert (message.template, message.to, message.status, message.is_secret) == (
        "password_reset", OWNER, "queued", True,
    )  # fmt: skip
    assert (message.subject_kind, message.subject_id) == ("person", User.objects.get(email=OWNER).pk)
    due = DueWork.objects.filter(schema_name=tenant.schema_name, kind="message")
    assert list(due.values_list("row_id", flat=True)) == [message.pk]


def test_absent_server_fails_no_request_and_the_mail_arrives_later(customer_client, tenant, smtp):
    smtp.EMAIL_PORT = take_port()
    answer = ask_for_password(customer_client, OWNER)
    send_messages(tenant.schema_name)
    assert (answer.status_code, outcome()) == (302, ("queued", "", 1))

    with running_mail_server() as server:
        point_at(smtp, server)
        send_messages(tenant.schema_name)

    assert outcome() == ("sent", "", 2)
    assert [address for address, _ in server.taken] == [OWNER]


def test_hanging_server_holds_no_request_and_the_mail_arrives_later(customer_client, tenant, smtp):
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        hanging.settimeout(0)
        smtp.EMAIL_HOST, smtp.EMAIL_PORT = hanging.getsockname()
        smtp.EMAIL_TIMEOUT = 0.3
        answer = ask_for_password(customer_client, OWNER)
        with pytest.raises(BlockingIOError):
            hanging.accept()  # the request did not even knock
        send_messages(tenant.schema_name)
        hanging.accept()[0].close()
        smtp.EMAIL_TIMEOUT = 10
    assert (answer.status_code, outcome()) == (302, ("queued", "", 1))

    with running_mail_server() as server:
        point_at(smtp, server)
        send_messages(tenant.schema_name)

    assert outcome() == ("sent", "", 2)


@pytest.mark.parametrize("place", [OWNER, "DATA"])
@pytest.mark.parametrize("said", ["421 closing", "450 later", "451 grey", "530 sign in"])
def test_server_that_is_busy_fails_no_request_and_the_mail_arrives_later(customer_client, tenant, smtp, place, said):
    with running_mail_server() as server:
        point_at(smtp, server)
        server.answers = {place: [said]}
        answer = ask_for_password(customer_client, OWNER)
        send_messages(tenant.schema_name)
        assert (answer.status_code, outcome(), server.taken) == (302, ("queued", "", 1), [])
        send_messages(tenant.schema_name)

    assert outcome() == ("sent", "", 2)
    assert [address for address, _ in server.taken] == [OWNER]


def test_server_that_refuses_is_noted_and_the_secret_forgotten(customer_client, tenant, smtp):
    with running_mail_server() as server:
        point_at(smtp, server)
        server.answers = {OWNER: ["550 nobody"]}
        answer = ask_for_password(customer_client, OWNER)
        send_messages(tenant.schema_name)

    message = Message.objects.get()
    assert (answer.status_code, outcome(), message.last_error) == (302, ("failed", "refused", 1), "550 nobody")
    assert (message.body_text, message.body_html) == ("", "")


def test_mail_has_the_layout_of_the_house(customer_client, tenant):
    ask_for_password(customer_client, OWNER)
    send_messages(tenant.schema_name)

    (sent,) = mail.outbox
    (html, kind) = sent.alternatives[0]
    link = re.search(r"https?://\S+/accounts/password/reset/key/\S+/", sent.body)[0]
    assert (read_subject(sent), kind, sent.to) == ("Elegir una contraseña nueva", "text/html", [OWNER])
    assert sent.from_email == "Negocio taller <citas@turnero.example>"
    assert f'<a href="{link}"' in html
    assert ['class="card"' in html, "para tu cuenta en Negocio taller" in html, read_subject(sent) in html] == [
        True
    ] * 3
    assert "Alguien pidió una contraseña nueva para tu cuenta en Negocio taller." in sent.body


def test_sent_mail_keeps_no_link(customer_client, tenant):
    ask_for_password(customer_client, OWNER)
    before = Message.objects.get()

    send_messages(tenant.schema_name)

    after = Message.objects.get()
    assert ["/reset/key/" in text for text in (before.body_text, before.body_html)] == [True, True]
    assert (after.status, after.body_text, after.body_html, after.subject) == ("sent", "", "", before.subject)


def test_mail_that_would_come_too_late_is_not_sent(customer_client, tenant, settings):
    settings.PASSWORD_RESET_TIMEOUT = -1
    ask_for_password(customer_client, OWNER)

    send_messages(tenant.schema_name)

    message = Message.objects.get()
    assert (message.status, message.reason, message.body_text, mail.outbox) == ("cancelled", "too_late", "", [])


@pytest.mark.parametrize(("locale", "subject"), [("en", "Set a new password"), ("es", "Elegir una contraseña nueva")])
def test_mail_is_in_the_language_of_the_person(customer_client, tenant, locale, subject):
    """Not in that of whoever asked: anybody can ask."""
    User.objects.filter(email=OWNER).update(locale=locale)

    ask_for_password(customer_client, OWNER, HTTP_ACCEPT_LANGUAGE="en" if locale == "es" else "es")
    send_messages(tenant.schema_name)

    assert read_subject(mail.outbox[0]) == subject


def test_mail_goes_to_the_stored_address(customer_client, tenant):
    ask_for_password(customer_client, "OWNER@TALLER.example")
    send_messages(tenant.schema_name)

    assert mail.outbox[0].to == [OWNER]


@pytest.mark.parametrize(
    ("language", "subject"), [("es", "No hay cuenta con este correo"), ("en", "No account with this address")]
)
def test_unknown_address_is_told_so_and_only_there(customer_client, tenant, language, subject):
    answer = ask_for_password(customer_client, "nadie@example.com", HTTP_ACCEPT_LANGUAGE=language)
    send_messages(tenant.schema_name)

    (sent,) = mail.outbox
    message = Message.objects.get()
    assert (answer.status_code, sent.to, read_subject(sent)) == (302, ["nadie@example.com"], subject)
    assert (message.template, message.is_secret, message.subject_id) == ("unknown_account", False, None)
    assert "http" not in sent.body


def test_each_asking_has_its_own_mail(customer_client, tenant):
    for _ in range(2):
        ask_for_password(customer_client, "nadie@example.com")

    assert Message.objects.count() == 2


def test_nothing_crosses_between_two_tenants_and_the_platform(tenant, other_tenant, operator, settings):
    for host, email in (
        (tenant.primary_host, OWNER),
        (other_tenant.primary_host, "owner@salon.example"),
        (settings.PLATFORM_HOST, operator.email),
    ):
        assert ask_for_password(HostClient(host), email).status_code == 302

    stored = {"taller": list(Message.objects.values_list("to", flat=True))}
    connection.set_tenant(other_tenant)
    stored["salon"] = list(Message.objects.values_list("to", flat=True))
    connection.set_tenant(tenant)
    stored["platform"] = list(PublicMessage.objects.values_list("to", flat=True))
    assert stored == {"taller": [OWNER], "salon": ["owner@salon.example"], "platform": [operator.email]}

    send_messages(other_tenant.schema_name)
    assert [sent.to for sent in mail.outbox] == [["owner@salon.example"]]
    send_messages(tenant.schema_name)
    send_messages("public")

    seen = [
        (sent.from_email.split(" <")[0], sent.to[0], re.search(r"//([^/]+)/", sent.body)[1]) for sent in mail.outbox
    ]
    assert seen == [
        ("Negocio salon", "owner@salon.example", other_tenant.primary_host),
        ("Negocio taller", OWNER, tenant.primary_host),
        ("Turnero", operator.email, settings.PLATFORM_HOST),
    ]
    assert Message.objects.get().status == PublicMessage.objects.get().status == "sent"


def test_operator_reads_english_in_the_platforms_own_look(operator, platform_client):
    ask_for_password(platform_client, operator.email)
    send_messages("public")

    (sent,) = mail.outbox
    assert sent.subject == "Set a new password"
    assert "your account at Turnero" in sent.body
    assert "#1d4ed8" in sent.alternatives[0][0]


def test_what_nobody_put_into_words_is_an_error_of_ours(tenant, rf):
    from accounts.adapters import AccountAdapter

    with pytest.raises(KeyError, match="login_code"):
        AccountAdapter(rf.get("/")).send_mail("account/email/login_code", OWNER, {})

    assert Message.objects.count() == 0
