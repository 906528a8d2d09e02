"""The catcher through the protocols that the product speaks to it."""

from __future__ import annotations

import base64
import json
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

import pytest

from config.environment import ROOT
from devtools.processes import own_environment

_INVITATION = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


@dataclass(frozen=True)
class Catcher:
    """A running catcher."""

    smtp_port: int
    http_port: int

    def request(
        self, method: str, path: str, *, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[HTTPResponse, bytes]:
        connection = HTTPConnection("127.0.0.1", self.http_port, timeout=60)
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response, content

    def get(self, path: str) -> str:
        response, content = self.request("GET", path)
        assert response.status == 200
        return content.decode()

    def list_messages(self, query: str = "") -> list[dict[str, object]]:
        return json.loads(self.get(f"/api/messages{query}"))["messages"]

    def send_mail(self, message: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=60) as client:
            client.send_message(message)

    def send_sms(self, *, account: str = "AC1", user: str = "AC1", **form: str) -> tuple[int, dict[str, object]]:
        token = base64.b64encode(f"{user}:secret".encode()).decode()
        response, content = self.request(
            "POST",
            f"/2010-04-01/Accounts/{account}/Messages.json",
            body=urlencode(form).encode(),
            headers={"Authorization": f"Basic {token}", "Content-Type": "application/x-www-form-urlencoded"},
        )
        return response.status, json.loads(content)


def start(folder: Path) -> tuple[subprocess.Popen[bytes], Catcher]:
    process = subprocess.Popen(
        [sys.executable, "-m", "devtools.catcher", str(folder)],
        cwd=ROOT,
        env=own_environment(),
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    return process, Catcher(**json.loads(process.stdout.readline()))


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(timeout=60)
    if process.stdout is not None:
        process.stdout.close()


@pytest.fixture
def catcher(tmp_path: Path) -> Iterator[Catcher]:
    process, running = start(tmp_path)
    yield running
    stop(process)


def make_mail(*, to: str = "Ana@Example.com", subject: str = "Su cita") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "taller@example.com"
    message["To"] = to
    message.set_content("Hola, ñandú: http://taller.localhost:8000/m/abc?x=1&y=2.")
    message.add_alternative("<p>Hola</p><script>alert(1)</script>", subtype="html")
    message.add_attachment(_INVITATION.encode(), maintype="text", subtype="calendar", filename="cita.ics")
    return message


def test_mail_is_kept_whole(catcher: Catcher) -> None:
    catcher.send_mail(make_mail())

    (message,) = catcher.list_messages("?to=ana@example.com")

    assert message["channel"] == "email"
    assert message["from"] == "taller@example.com"
    assert message["to"] == ["ana@example.com"]
    assert message["subject"] == "Su cita"
    assert "ñandú" in str(message["text"])
    assert message["attachments"] == [
        {
            "name": "cita.ics",
            "content_type": "text/calendar",
            "size_bytes": len(_INVITATION),
            "url": "/messages/1/attachments/0",
        }
    ]


def test_attachment_is_downloaded_as_it_was_sent(catcher: Catcher) -> None:
    catcher.send_mail(make_mail())

    response, content = catcher.request("GET", "/messages/1/attachments/0")

    assert content.decode() == _INVITATION
    assert response.headers["Content-Disposition"] == "attachment; filename*=UTF-8''cita.ics"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_search_finds_only_the_recipient(catcher: Catcher) -> None:
    catcher.send_mail(make_mail(to="ana@example.com"))
    catcher.send_mail(make_mail(to="beto@example.com"))

    assert [message["to"] for message in catcher.list_messages("?to=BETO")] == [["beto@example.com"]]
    assert len(catcher.list_messages()) == 2
    assert "beto@example.com" not in catcher.get("/?to=ana")


def test_pages_escape_what_came_from_outside(catcher: Catcher) -> None:
    attack = '<script>alert("x")</script>'
    catcher.send_mail(make_mail(subject=attack))
    catcher.send_sms(To="+5491122334455", From="+15005550006", Body=attack)

    pages = [catcher.get("/"), catcher.get("/messages/1"), catcher.get("/messages/2"), catcher.get("/?to=%3Cscript%3E")]

    assert ["<script" in page for page in pages] == [False] * 4
    assert "&lt;script&gt;" in pages[1]


def test_html_mail_is_served_in_a_sandbox(catcher: Catcher) -> None:
    catcher.send_mail(make_mail())

    response, content = catcher.request("GET", "/messages/1/html")

    assert b"<p>Hola</p>" in content
    assert response.headers["Content-Security-Policy"].startswith("sandbox allow-popups")
    assert "allow-scripts" not in response.headers["Content-Security-Policy"]


def test_sms_answers_like_the_carrier(catcher: Catcher) -> None:
    status, answer = catcher.send_sms(To="+5491122334455", From="+15005550006", Body="Su turno: mañana 10:00")

    (message,) = catcher.list_messages("?to=%2B5491122334455&channel=sms")
    assert (status, answer["status"], answer["to"], answer["num_segments"]) == (201, "queued", "+5491122334455", "1")
    assert str(answer["sid"]).startswith("SM")
    assert len(str(answer["sid"])) == 34
    assert message["text"] == "Su turno: mañana 10:00"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"From": "+15005550006", "Body": "x"}, 21604),
        ({"To": "+5491122334455", "Body": "x"}, 21603),
        ({"To": "+5491122334455", "From": "+15005550006", "Body": ""}, 21602),
        ({"To": "12", "From": "+15005550006", "Body": "x"}, 21211),
        ({"To": "+15005550009", "From": "+15005550006", "Body": "x"}, 21614),
        ({"To": "+5491122334455", "From": "+15005550006", "Body": "x" * 1601}, 21617),
    ],
)
def test_sms_that_the_carrier_would_refuse_is_refused_and_not_kept(
    catcher: Catcher, form: dict[str, str], code: int
) -> None:
    status, answer = catcher.send_sms(**form)

    assert (status, answer["code"]) == (400, code)
    assert catcher.list_messages() == []


def test_sms_with_foreign_credentials_is_refused_and_not_kept(catcher: Catcher) -> None:
    status, answer = catcher.send_sms(user="AC2", To="+5491122334455", From="+15005550006", Body="x")

    assert (status, answer["code"]) == (401, 20003)
    assert catcher.list_messages() == []


def test_addresses_that_ask_for_it_are_refused(catcher: Catcher) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        catcher.send_mail(make_mail(to="refused@example.com"))

    assert refusal.value.recipients["refused@example.com"][0] == 550
    assert catcher.list_messages() == []


def test_messages_outlive_a_killed_catcher(tmp_path: Path) -> None:
    process, running = start(tmp_path)
    running.send_mail(make_mail())
    process.kill()
    process.wait()

    process, running = start(tmp_path)

    assert len(running.list_messages()) == 1
    stop(process)


def test_other_host_names_see_nothing(catcher: Catcher) -> None:
    catcher.send_mail(make_mail())

    response, content = catcher.request("GET", "/api/messages", headers={"Host": "evil.example"})

    assert response.status == 403
    assert b"ana@" not in content


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/messages/99", 404),
        ("GET", "/messages/1%27", 404),
        ("GET", "/nothing", 404),
        ("POST", "/", 405),
        ("GET", "/2010-04-01/Accounts/AC1/Messages.json", 405),
    ],
)
def test_wrong_addresses_get_a_plain_answer(catcher: Catcher, method: str, path: str, status: int) -> None:
    response, _ = catcher.request(method, path)

    assert response.status == status
    assert response.headers["Content-Type"].startswith("text/plain")


def test_broken_mail_is_kept(catcher: Catcher) -> None:
    raw = b'Subject: =?x-unknown?q?=ff?=\r\nContent-Type: text/plain; charset="x-none"\r\n\r\n\xff\xfe caf\xe9\r\n'
    with smtplib.SMTP("127.0.0.1", catcher.smtp_port, timeout=60) as client:
        client.sendmail("a@example.com", ["b@example.com"], raw)

    (message,) = catcher.list_messages()

    assert message["to"] == ["b@example.com"]
    assert "caf" in str(message["text"])
