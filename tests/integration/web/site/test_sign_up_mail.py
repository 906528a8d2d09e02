"""The mail that verifies a sign-up goes through the platform's own outbox."""

from __future__ import annotations

import re
import socket
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache

from devtools.servers.ports import take_port
from kernel.clock import utc_now
from notifications.models import Message
from notifications.public.models import Message as PublicMessage
from tenants.context import tenant_scope
from tenants.models import DueWork, SignUp
from tenants.services.due_work import perform_due_work
from tests.factories.sign_ups import SIGN_UP_FORM
from tests.fakes.due_work import send_messages
from tests.fakes.mail_server import running_mail_server


@pytest.fixture(autouse=True)
def fresh_counts(db):
    cache.clear()


@pytest.fixture
def smtp(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    return settings


def sign_up(client, **changes: str):
    return client.post("/sign-up/", {**SIGN_UP_FORM, **changes})


def tell() -> None:
    for row in DueWork.objects.filter(schema_name="public", kind="sign_up_email"):
        assert perform_due_work(schema_name="public", kind=row.kind, row_id=row.row_id, now=utc_now())


def outcome() -> tuple[str, int]:
    message = PublicMessage.objects.get()
    return message.status, message.attempts


def arrive(smtp) -> list[str]:
    with running_mail_server() as server:
        smtp.EMAIL_HOST, smtp.EMAIL_PORT = server.host, server.port
        send_messages("public")
    return [address for address, _ in server.taken]


def test_absent_server_fails_no_request_and_the_mail_arrives_later(platform_client, smtp):
    smtp.EMAIL_PORT = take_port()
    answer = sign_up(platform_client)
    tell()
    send_messages("public")
    assert (answer.status_code, outcome()) == (302, ("queued", 1))

    assert arrive(smtp) == ["ana@example.com"]
    assert outcome() == ("sent", 2)


def test_hanging_server_holds_no_request_and_the_mail_arrives_later(platform_client, smtp):
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        hanging.settimeout(0)
        smtp.EMAIL_HOST, smtp.EMAIL_PORT = hanging.getsockname()
        smtp.EMAIL_TIMEOUT = 0.3
        answer = sign_up(platform_client)
        with pytest.raises(BlockingIOError):
            hanging.accept()  # the request did not even knock
        tell()
        send_messages("public")
        hanging.accept()[0].close()
        smtp.EMAIL_TIMEOUT = 10
    assert (answer.status_code, outcome()) == (302, ("queued", 1))

    assert arrive(smtp) == ["ana@example.com"]


def test_busy_server_gets_it_again_with_the_same_id(platform_client, smtp):
    sign_up(platform_client)
    tell()
    with running_mail_server() as server:
        smtp.EMAIL_HOST, smtp.EMAIL_PORT = server.host, server.port
        server.answers = {"ana@example.com": ["421 closing"]}
        send_messages("public")
        assert outcome() == ("queued", 1)
        send_messages("public")

    assert (outcome(), server.message_ids) == (("sent", 2), [PublicMessage.objects.get().provider_id])


def test_mail_is_the_platforms_in_the_layout_of_the_house(platform_client):
    sign_up(platform_client)
    tell()
    kept = PublicMessage.objects.get()
    send_messages("public")

    (sent,) = mail.outbox
    (html, _) = sent.alternatives[0]
    link = re.search(r"https?://\S+/sign-up/verify/\S+/", sent.body)[0]
    assert (sent.from_email, sent.to, sent.subject) == (
        "Turnero <citas@turnero.example>", ["ana@example.com"], "Confirma tu correo para Turnero",
    )  # fmt: skip
    assert sent.body.startswith(
        "Hola, Ana Ñandú:\n\nConfirma este correo y preparamos la página de reservas de Taller Ñandú & Hijos."
    )
    assert [f'<a href="{link}"' in html, 'class="card"' in html, "Taller Ñandú &amp; Hijos" in html] == [True] * 3
    assert (kept.subject_kind, kept.subject_id) == ("sign_up", SignUp.objects.get().pk)


def test_sent_mail_keeps_no_link(platform_client):
    sign_up(platform_client)
    tell()
    assert "/sign-up/verify/" in PublicMessage.objects.get().body_html

    send_messages("public")

    assert list(PublicMessage.objects.values_list("status", "body_text", "body_html")) == [("sent", "", "")]


def test_mail_is_in_the_language_of_the_country(platform_client):
    sign_up(platform_client, timezone="America/Denver", phone="(303) 555-0142")
    tell()
    send_messages("public")

    assert mail.outbox[0].subject == "Confirm your e-mail for Turnero"


@pytest.mark.parametrize("name", ["Compre en www.malo.example", "Gana $$$: https://malo.example/"])
def test_names_that_are_advertisements_are_left_out(platform_client, name):
    sign_up(platform_client)
    SignUp.objects.update(business_name=name, owner_name=name)
    tell()

    text = PublicMessage.objects.get().body_text
    assert "malo.example" not in text
    assert "Hola, taller-nandu:" in text


def test_it_is_told_once_and_not_at_all_when_verified(platform_client):
    sign_up(platform_client)
    row = DueWork.objects.get(schema_name="public", kind="sign_up_email")
    for _ in range(2):
        tell()
        row.save(force_insert=True)
    assert PublicMessage.objects.count() == 1

    sign_up(platform_client, slug="otro-taller", email="eva@example.com")
    SignUp.objects.update(status="verified")
    tell()

    assert PublicMessage.objects.count() == 1


def test_link_that_ended_is_not_sent(platform_client):
    sign_up(platform_client)
    SignUp.objects.update(expires_at=utc_now() - timedelta(seconds=1))
    tell()
    send_messages("public")

    assert (outcome(), mail.outbox) == (("cancelled", 0), [])


def test_no_business_has_it_in_its_log(platform_client, tenants):
    sign_up(platform_client)
    tell()

    assert PublicMessage.objects.count() == 1
    for info in tenants.values():
        with tenant_scope(info):
            assert Message.objects.count() == 0
