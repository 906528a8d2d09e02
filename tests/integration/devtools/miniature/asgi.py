"""``config.asgi`` of the miniature: answers /healthz, refuses unknown hosts, sends tasks and mail on request."""

import asyncio
import smtplib
from urllib.parse import urlsplit

from config.celery import note
from config.environment import read_environment


def send_mail() -> None:
    address = urlsplit(read_environment().smtp_url)
    with smtplib.SMTP(address.hostname, address.port) as client:
        client.sendmail("a@example.com", ["b@example.com"], b"Subject: hello\r\n\r\nhello\r\n")


async def application(scope, receive, send) -> None:
    if scope["type"] != "http":
        return
    host = dict(scope["headers"])[b"host"].decode()
    status = 200 if host == read_environment().platform_host else 404
    if scope["path"] == "/task":
        await asyncio.to_thread(note.delay)
    if scope["path"] == "/mail":
        await asyncio.to_thread(send_mail)
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})
