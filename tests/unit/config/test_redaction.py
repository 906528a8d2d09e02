"""No token of a link is written to a log."""

from __future__ import annotations

import pytest

from config.redaction import hide_in_report, hide_secrets


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("GET /b/s3cret/", "GET /b/***/"),
        ("GET /b/s3cret/calendar.ics", "GET /b/***/calendar.ics"),
        ("POST /api/v1/manage/s3cret/cancel", "POST /api/v1/manage/***/cancel"),
        ("DELETE /api/v1/holds/12.s3cret", "DELETE /api/v1/holds/***"),
        ("GET /accounts/entry/?token=s3cret&x=1", "GET /accounts/entry/?token=***&x=1"),
        ("GET /?d=s3cret", "GET /?d=***"),
        ("GET /api/v1/availability?service=1&booking=s3cret", "GET /api/v1/availability?service=1&booking=***"),
        ("GET /sign-up/verify/s3cret/", "GET /sign-up/verify/***/"),
        ("GET /workspace/bookings/12/", "GET /workspace/bookings/12/"),
    ],
)
def test_tokens_are_hidden(line, written):
    assert hide_secrets(None, "info", {"event": "request_started", "request": line})["request"] == written
    assert hide_secrets(None, "warning", {"event": f"Not Found: {line}"})["event"] == f"Not Found: {written}"


def test_error_reports_hide_tokens_at_every_depth():
    report = {
        "request": {"url": "https://taller.example/b/s3cret/", "headers": [["Referer", "/?d=s3cret"]]},
        "level": 3,
    }

    assert hide_in_report(report, None) == {
        "request": {"url": "https://taller.example/b/***/", "headers": [["Referer", "/?d=***"]]},
        "level": 3,
    }
