from __future__ import annotations

from datetime import timedelta

from notifications.services.delivery import MAX_ATTEMPTS, compute_backoff


def test_backoff_doubles_up_to_two_hours():
    waits = [compute_backoff(attempts) for attempts in (1, 2, 3, 10, 11, 1000)]

    assert waits == [
        timedelta(seconds=10),
        timedelta(seconds=20),
        timedelta(seconds=40),
        timedelta(seconds=5120),
        timedelta(hours=2),
        timedelta(hours=2),
    ]


def test_all_attempts_last_about_nine_hours():
    total = sum((compute_backoff(attempts) for attempts in range(1, MAX_ATTEMPTS)), timedelta())

    assert timedelta(hours=8) < total < timedelta(hours=10)
