"""Links of before lead to their bookings after the tokens became short, and new ones do."""

from __future__ import annotations

import base64
import hashlib
import hmac
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from kernel.ids import hash_token
from scheduling.errors import TokenUnknown
from scheduling.models import Booking
from scheduling.selectors.bookings.views import get_by_token
from scheduling.services.messages.manage_tokens import make_manage_token
from tests.integration.scheduling.messages.conftest import NOW


def make_long_token(booking, schema_name: str) -> str:
    """As links were made until now."""
    key = b"scheduling.manage:" + settings.SECRET_KEY.encode()
    message = f"{schema_name}:{booking.ics_uid}:{booking.token_version}"
    return base64.urlsafe_b64encode(hmac.digest(key, message.encode(), hashlib.sha256)).decode().rstrip("=")


def test_links_of_before_and_new_ones_lead_to_the_booking(book, tenant):
    booking, other = book(), book(email="eva@example.com")
    long = make_long_token(booking, tenant.schema_name)
    Booking.objects.filter(pk=booking.id).update(token_hash=hash_token(long))
    with pytest.raises(TokenUnknown):
        get_by_token(token=make_manage_token(booking), now=NOW)

    with connection.schema_editor(atomic=False) as editor:
        import_module("scheduling.migrations.0013_short_tokens").shorten(apps, editor)

    assert len(make_manage_token(booking)) == 14
    assert get_by_token(token=make_manage_token(booking), now=NOW).id == booking.id
    assert get_by_token(token=long, now=NOW).id == booking.id
    assert get_by_token(token=make_manage_token(other), now=NOW).id == other.id
    with pytest.raises(TokenUnknown):
        get_by_token(token=f"{long[:-3]}AAA"[::-1], now=NOW)
