"""The lines in the page for those who build on the API, run as they stand by a shell against our server."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from config.environment import ROOT
from scheduling.models import Booking
from tenants.context import tenant_scope
from tests.e2e.web.booking.conftest import server_port as server_port  # noqa: PLC0414 - a fixture
from tests.e2e.web.booking.conftest import workshop as workshop  # noqa: PLC0414 - a fixture
from tests.factories.accounts import make_key

pytestmark = pytest.mark.e2e

FENCE = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def said(workshop, server_port, django_db_blocker) -> list[dict]:
    """What the lines print, in order."""
    host = workshop.primary_host.partition(":")[0]
    with django_db_blocker.unblock(), tenant_scope(workshop):
        key = make_key({"catalog": "read", "bookings": "read"})
    lines = "\n".join(FENCE.findall((ROOT / "docs" / "api.md").read_text()))
    assert (lines.count("HOST=http://taller.localhost:8000"), lines.count("KEY=tk_…")) == (1, 1)
    lines = lines.replace("HOST=http://taller.localhost:8000", f"HOST=http://{host}").replace("KEY=tk_…", f"KEY={key}")
    there = f'curl() {{ command curl --connect-to "::127.0.0.1:{server_port}" "$@"; }}'

    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"{there}\n{lines}"], capture_output=True, text=True, timeout=60, check=False
    )

    assert (ran.returncode, ran.stderr) == (0, "")
    reader, at, found = json.JSONDecoder(), 0, []
    while at < len(ran.stdout.rstrip()):
        value, at = reader.raw_decode(ran.stdout, at)
        found.append(value)
    return found


@pytest.mark.django_db
def test_the_lines_book_and_explain(said, workshop):
    booked, explained = said

    with tenant_scope(workshop):
        booking = Booking.objects.get(reference=booked["reference"])
    assert (booked["status"], booking.status, booking.customer_name) == ("confirmed", "confirmed", "Laura Jiménez")
    assert (booking.source, booking.asset_data["plate"]) == ("api", "NXP-482-A")
    assert explained == {"is_offered": True, "reasons": []}
