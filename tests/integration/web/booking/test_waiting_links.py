"""Links of the waitlist that were sent before a business was restored."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from kernel.clock import utc_now
from scheduling.models import Service, WaitlistEntry
from scheduling.services.waitlist.joining import join_waitlist
from scheduling.services.waitlist.queue import derive_links_anew, make_link_token
from scheduling.types import CustomerDetails, WaitlistWish
from tenants.context import current_tenant
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tenants.types import RestoredTenant
from tests.factories.scheduling import DETAILS, make_wish
from tests.integration.web.booking.test_booking import text_of


def test_a_link_of_before_offers_the_new_one_on_every_way_and_does_nothing(customer_client, tenant, settings):
    service = Service.objects.filter(approval="instant", deposit_kind="none").order_by("position", "pk").first()
    on = utc_now().date() + timedelta(days=2)
    asked = WaitlistWish(make_wish(service.pk), from_on=on, to_on=on + timedelta(days=5))
    details = replace(DETAILS, customer=CustomerDetails("Berta", email="berta@example.com", locale="es"))
    old = join_waitlist(asked=asked, details=details, join_key="run", now=utc_now())
    settings.SECRET_KEY = "of the platform where it was restored"
    Tenant.objects.update(former_schemas=["t_before"])
    forget_tenants()
    derive_links_anew(RestoredTenant(current_tenant(), "t_before", is_same_secret=False, at=utc_now()))
    new = make_link_token(WaitlistEntry.objects.get())

    answers = [customer_client.get(f"/w/{old}/?lang=es")]
    answers += [customer_client.post(f"/w/{old}/{step}/") for step in ("accept", "decline", "leave")]

    assert [each.status_code for each in answers] == [404] * 4
    assert [f'href="/w/{new}/"' in each.content.decode() for each in answers] == [True] * 4
    assert "Tu lugar en la lista de espera tiene un enlace nuevo" in text_of(answers[0])
    assert customer_client.get(f"/w/{new}/").status_code == 200
    assert customer_client.get("/w/no-token/").content.decode().count("/w/") == 0
    assert WaitlistEntry.objects.get().status == "waiting"
