"""The catcher's pages: what came from outside is text, and every message can be told from the next."""

from __future__ import annotations

import re

from devtools.catcher.message import Arrival, Attachment
from devtools.catcher.pages import render_list, render_message
from devtools.catcher.store import Stored


def make_stored(number: int = 7, **changes: object) -> Stored:
    facts: dict[str, object] = {
        "channel": "email",
        "sender": "taller@example.com",
        "recipients": ("ana@example.com",),
        "subject": "Tu cita",
        "text": "Te esperamos.",
        "html": "",
        "headers": (),
        "attachments": (),
        "raw": b"",
    }
    return Stored(number, "2026-03-02T15:04:05.678Z", Arrival(**(facts | changes)))  # type: ignore[arg-type]


def read(page: str) -> list[str]:
    """Return the pieces of text that a page shows."""
    body = page.partition("<body>")[2]
    return [piece.strip() for piece in re.split(r"<[^>]*>", body) if piece.strip()]


def test_a_list_shows_who_got_what_and_when():
    sms = make_stored(8, channel="sms", recipients=("+52155",), subject="", text="Tu  cita\nes a las 10:00")

    page = render_list([sms, make_stored()], search="", total=2)

    assert read(page)[-8:] == [
        "SMS", "+52155", "15:04:05 UTC", "Tu cita es a las 10:00",
        "E-mail", "ana@example.com", "15:04:05 UTC", "Tu cita",
    ]  # fmt: skip
    assert re.findall(r'href="(/messages/\d+)"', page) == ["/messages/8", "/messages/7"]
    assert "machine. 2 messages." in page


def test_a_long_sms_is_cut_in_the_list():
    page = render_list([make_stored(subject="", text="x" * 500)], search="", total=1)

    assert read(page)[-1] == "x" * 140


def test_an_empty_list_says_why():
    assert read(render_list([], search="", total=0))[-1] == "Nothing was sent yet. Book something and look again."
    searched = render_list([], search='a"><script>', total=3)

    assert read(searched)[-1] == "Nothing was sent to that address or number."
    assert 'value="a&quot;&gt;&lt;script&gt;"' in searched
    assert "machine. 0 of 3 messages." in searched


def test_a_message_shows_its_facts_and_only_the_parts_it_has():
    assert read(render_message(make_stored(headers=(("X-Id", "<1>"),)))) == [
        "All messages", "Tu cita",
        "To", "ana@example.com", "From", "taller@example.com", "Arrived", "2026-03-02T15:04:05.678Z", "By", "E-mail",
        "Text", "Te esperamos.", "Headers", "All headers", "X-Id", "&lt;1&gt;", "As it arrived",
    ]  # fmt: skip


def test_html_is_framed_without_rights_to_run():
    page = render_message(make_stored(html="<script>alert(1)</script>", text=""))

    frame = re.search(r"<iframe[^>]*>", page)
    assert frame is not None
    assert 'src="/messages/7/html"' in frame[0]
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame[0]
    assert "<script" not in page
    assert "Text" not in read(page)


def test_attachments_are_linked_in_order():
    files = (Attachment("cita <1>.ics", "text/calendar", b"x" * 1234), Attachment("b.pdf", "application/pdf", b""))

    page = render_message(make_stored(attachments=files))

    assert '<a href="/messages/7/attachments/0">cita &lt;1&gt;.ics</a>' in page
    assert "text/calendar, 1,234 bytes" in page
    assert '<a href="/messages/7/attachments/1">b.pdf</a>' in page


def test_a_message_without_a_subject_is_named_by_channel_and_recipient():
    page = render_message(make_stored(channel="whatsapp", subject="", recipients=("+52155", "+52156")))

    assert "<title>WhatsApp to +52155, +52156</title>" in page


def test_an_unknown_channel_is_shown_escaped():
    assert "<i>" not in render_message(make_stored(channel="<i>", subject=""))


def test_links_end_before_what_closes_the_sentence():
    text = 'Cambia (https://taller.example/m/a?x=1&y=2). "http://b.example/<b>", fin'

    page = render_message(make_stored(text=text))

    assert re.findall(r'<a href="(http[^"]*)" target="_blank" rel="noopener noreferrer">', page) == [
        "https://taller.example/m/a?x=1&amp;y=2",
        "http://b.example/",
    ]
    assert "Cambia (<a" in page
    assert "</a>). &quot;<a" in page
    assert "</a>&lt;b&gt;&quot;, fin" in page
