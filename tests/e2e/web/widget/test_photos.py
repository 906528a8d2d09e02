"""Photos of the problem, attached in a widget: two origins, no cookie, and the files reach the booking."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from scheduling.models import Booking, VisitPhoto
from tenants.context import tenant_scope
from tests.e2e.sight import DESK, PHONE
from tests.e2e.web.widget.conftest import SITE
from tests.e2e.web.widget.test_widget import get_frame, tell_visit
from tests.factories.pictures import make_scene, save

pytestmark = pytest.mark.e2e

NO_PICTURE = {"name": "virus.png", "mimeType": "image/png", "buffer": b"<script>alert(1)</script>"}


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker):
    """What the server and the test write, both see at once."""
    with django_db_blocker.unblock():
        yield


def name_picture(number: int) -> dict[str, object]:
    return {"name": f"freno-{number}.png", "mimeType": "image/png", "buffer": save(make_scene(), "PNG")}


@pytest.mark.parametrize(
    "options",
    [{"viewport": PHONE}, {"viewport": DESK, "is_mobile": False, "has_touch": False}],
    ids=["phone", "desk"],
)
def test_photos_are_attached_in_the_frame(open_page, site, ours, shop, complaints, options):
    site.policy = f"default-src 'none'; script-src {ours}; style-src 'self'; frame-src {ours}; img-src data:"
    site.add(f'<script src="{ours}/embed.js" async></script><turnero-widget></turnero-widget>')
    page = open_page(**options)
    page.goto(f"{SITE}/")
    frame = get_frame(page)
    frame.locator(".pick").first.click()
    frame.locator(".fold summary").last.click()
    frame.locator("[name=go][value=photos]").click()

    frame.locator("#photos").set_input_files(NO_PICTURE)
    frame.locator("form[data-sending] .button").click()
    expect(frame.locator("[role=alert]")).to_be_visible()
    expect(frame.locator("[name=remove]")).to_have_count(0)
    frame.locator("#photos").set_input_files([name_picture(number) for number in range(3)])
    frame.locator("form[data-sending] .button").click()
    expect(frame.locator("[name=remove]")).to_have_count(3)
    frame.locator("[name=remove]").first.click()
    expect(frame.locator("[name=remove]")).to_have_count(2)
    assert page.frames[1].evaluate("document.documentElement.scrollWidth <= innerWidth")
    frame.locator(".booking-foot .button.primary").click()
    expect(frame.locator("[value=photos]")).to_contain_text("2 fotos")
    tell_visit(frame, is_chosen=True)
    expect(frame.locator("h1")).to_have_text("Cita confirmada")

    with tenant_scope(shop):
        booking = Booking.objects.latest("pk")
        assert (booking.source, VisitPhoto.objects.filter(booking=booking).count()) == ("widget", 2)
    assert (complaints, page.context.cookies()) == ([], [])
