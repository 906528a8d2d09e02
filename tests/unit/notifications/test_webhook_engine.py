from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from notifications.engine.webhooks import GIVE_UP_AFTER, find_next_try, is_taken, show_secret, sign

KEY = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("message_id", "seconds", "body", "signature"),
    [
        (
            "msg_p5jXN8AQM9LWM0D4loKWxlek",
            1614265330,
            '{"test": 2432232314}',
            "BWy17FPvrvgB9B8Tq0JOg4pHYngeNOMHSr/OYzFsrg0=",
        ),
        ("msg_1", 1795788000, '{"name":"Señora Ñandú"}', "Mz7tFtof4VqsEDa21NG9tsYaTy2Fb/fJWITrsVhB9fI="),
    ],
)
def test_signature_is_that_of_the_reference_library(message_id, seconds, body, signature):
    """What ``standardwebhooks`` 1.1.0, the library of the scheme's authors, says for the same values."""
    at = datetime.fromtimestamp(seconds, tz=UTC)

    assert sign(body.encode(), message_id=message_id, at=at, keys=[KEY]) == {
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"v1,{signature}",
    }


def test_two_keys_sign_one_after_the_other():
    one, two = (sign(b"{}", message_id="m", at=NOW, keys=[key])["webhook-signature"] for key in (KEY, b"other"))

    assert sign(b"{}", message_id="m", at=NOW, keys=[KEY, b"other"])["webhook-signature"] == f"{one} {two}"


def test_secret_is_shown_as_libraries_take_it():
    assert show_secret(KEY) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_only_two_hundreds_mean_that_it_was_taken():
    statuses = (None, 100, 199, 200, 204, 299, 300, 302, 410, 500)

    assert [is_taken(status) for status in statuses] == [False] * 3 + [True] * 3 + [False] * 4


def test_tries_last_a_day():
    at, tries = NOW, [NOW]
    while (again := find_next_try(attempts=len(tries), now=at, gives_up_at=NOW + GIVE_UP_AFTER)) is not None:
        at = again
        tries.append(at)

    assert [(each - NOW) // timedelta(seconds=1) for each in tries] == [
        0, 5, 35, 155, 755, 2555, 6155, 13355, 27755, 49355, 70955,
    ]  # fmt: skip
