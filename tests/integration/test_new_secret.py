"""The platform gets a new secret, and what was made under the one before goes on (``SECRET_KEY_FALLBACKS``)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.models import User
from accounts.services import devices
from api.models import IdempotentAnswer
from api.services.idempotency import Answer, run_once
from config.environment import ROOT
from notifications.engine.webhooks import show_secret
from notifications.models import WebhookEndpoint
from notifications.public.models import TextedNumber
from notifications.selectors.webhook_secrets import find_secret, list_keys
from notifications.services import codes
from notifications.services.stops import Answered, list_stopped, note_texted, take_reply
from notifications.services.webhooks.endpoints import rotate_secret
from scheduling.models import Resource
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.messages.feeds.links import add_feed, list_feeds
from scheduling.services.messages.manage_tokens import make_manage_token
from scheduling.types import Actor
from tenants.jobs import call_outside
from tenants.models import SignUp
from tenants.selectors.sign_ups import find_verification
from tests.factories.sign_ups import SIGN_UP_FORM
from tests.factories.webhooks import PROVEN, make_webhook
from tests.fakes.due_work import send_messages
from tests.integration.web.workspace.conftest import book

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PHONE, OWNER = "+525512345678", "owner@taller.example"
NEW = "another-secret-of-the-same-length-7c1d0e"


@pytest.fixture
def renew(settings) -> Callable[..., None]:
    """Give the platform another secret; the one before stays listed, or not."""

    def change(*, is_listed: bool = True) -> None:
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if is_listed else []
        settings.SECRET_KEY = NEW

    return change


def test_link_of_before_opens_and_later_messages_show_the_same(tenant, customer_client, renew):
    made = book()
    renew()

    assert customer_client.get(f"/b/{made.manage_token}/").status_code == 200
    assert make_manage_token(get_booking(booking_id=made.booking_id)) == made.manage_token
    later = book("Beto Ruiz", slot=2)
    assert customer_client.get(f"/b/{later.manage_token}/").status_code == 200
    assert make_manage_token(get_booking(booking_id=later.booking_id)) == later.manage_token


def test_link_in_a_mail_opens_also_when_the_secret_of_before_is_gone(tenant, customer_client, renew):
    made = book()
    renew(is_listed=False)

    assert customer_client.get(f"/b/{made.manage_token}/").status_code == 200
    assert make_manage_token(get_booking(booking_id=made.booking_id)) != made.manage_token


@pytest.mark.parametrize(("is_listed", "status"), [(True, 200), (False, 302)])
def test_people_stay_signed_in(owner_client, renew, is_listed, status):
    assert owner_client.get("/workspace/bookings/").status_code == 200
    renew(is_listed=is_listed)

    assert owner_client.get("/workspace/bookings/").status_code == status


@pytest.mark.parametrize("is_listed", [True, False])
def test_password_mail_of_before_leads_in(tenant, customer_client, renew, is_listed):
    customer_client.post("/accounts/password/reset/", {"email": OWNER})
    send_messages(tenant.schema_name)
    (link,) = re.findall(r"http://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)
    renew(is_listed=is_listed)

    answer = customer_client.get(link, follow=True)

    assert ("new-password" in answer.content.decode()) is is_listed


def test_sign_up_under_way_goes_on(platform_client, renew):
    platform_client.post("/sign-up/", SIGN_UP_FORM)
    sign_up = SignUp.objects.get(slug=SIGN_UP_FORM["slug"])
    before = find_verification(sign_up.pk).url
    renew()

    assert find_verification(sign_up.pk).url == before
    assert platform_client.get(re.sub(r"http://[^/]+", "", before)).status_code == 200


def test_code_that_was_sent_is_right(tenant, renew, monkeypatch):
    monkeypatch.setattr(secrets, "randbelow", lambda _: 123456)
    to = codes.Reach("email", "ana@example.com")
    codes.ask_code(to=to, locale="es", is_new_wanted=True, now=NOW)
    renew()

    again = codes.ask_code(to=to, locale="es", is_new_wanted=False, now=NOW)

    assert again.is_new is False
    assert codes.try_code(ways=[to], code="654321", now=NOW) is None
    assert codes.try_code(ways=[to], code="123456", now=NOW).address == to.address


def test_stop_of_before_holds_until_start(tenant, renew):
    note_texted("sms", PHONE, now=NOW)
    take_reply(Answered(PHONE, "STOP", "SM1"), now=NOW)
    renew()
    assert list_stopped([PHONE]) == {PHONE}

    take_reply(Answered(PHONE, "START", "SM2"), now=NOW)

    assert list_stopped([PHONE]) == frozenset()
    assert TextedNumber.objects.filter(schema_name=tenant.schema_name).count() == 1


def test_device_and_network_are_known(tenant, renew):
    request, response = RequestFactory().get("/"), HttpResponse()
    devices.remember_device(request, response, email=OWNER)
    devices.remember_network("203.0.113.5", email=OWNER)
    request.COOKIES["device"] = response.cookies["device"].value
    renew()

    assert devices.read_device(request).knows(OWNER)
    assert devices.is_known_network("203.0.113.5", email=OWNER)
    devices.remember_device(request, response, email=OWNER)
    request.COOKIES["device"] = response.cookies["device"].value
    assert len(devices.read_device(request).people) == 1


def test_request_that_is_sent_twice_is_done_once(tenant, renew):
    told = {
        "endpoint": "bookings",
        "key": "k" * 20,
        "caller": "203.0.113.5",
        "body": {"a": 1},
        "is_personal": False,
        "now": NOW,
    }
    first = run_once(**told, run=lambda: Answer(status=201, body='{"id": 1}'))
    renew()

    again = run_once(**told, run=lambda: Answer(status=201, body='{"id": 2}'))

    assert (again, IdempotentAnswer.objects.count()) == (first, 1)


def sign_in_words(endpoint_id: int) -> tuple[str, ...]:
    """Return what signs the next call, as receivers know it."""
    return tuple(show_secret(key) for key in list_keys(WebhookEndpoint.objects.get(pk=endpoint_id), now=NOW))


def test_receivers_of_webhooks_notice_nothing_while_the_secret_of_before_is_listed(tenant, renew):
    endpoint = make_webhook(url="https://hooks.example/", events=["booking.confirmed"], now=NOW)
    shown = find_secret(endpoint)
    renew()

    assert (find_secret(endpoint), sign_in_words(endpoint)) == (shown, (shown,))


def test_receivers_of_webhooks_need_the_new_secret_once_it_is_not(tenant, renew):
    """Whoever has the platform's secret could sign: so nothing signs with what comes of it any more."""
    endpoint = make_webhook(url="https://hooks.example/", events=["booking.confirmed"], now=NOW)
    shown = find_secret(endpoint)
    renew(is_listed=False)

    present = find_secret(endpoint)
    assert (present == shown, sign_in_words(endpoint)) == (False, (present,))


def test_webhook_that_got_a_new_secret_meanwhile_needs_none_later(tenant, renew, settings):
    """What the runbook has businesses do before a secret goes."""
    endpoint = make_webhook(url="https://hooks.example/", events=["booking.confirmed"], now=NOW)
    former = find_secret(endpoint)
    renew()
    rotate_secret(endpoint_id=endpoint, by=PROVEN, now=NOW)
    shown = find_secret(endpoint)
    both = sign_in_words(endpoint)
    settings.SECRET_KEY_FALLBACKS = []

    assert (both, find_secret(endpoint)) == ((shown, former), shown)


@pytest.mark.parametrize("is_listed", [True, False])
def test_calendars_that_follow_a_link_of_before_go_on(tenant, customer_client, renew, is_listed):
    owner = Actor(kind="staff", user_id=User.objects.get(role="owner").pk)
    add_feed(resource_id=Resource.objects.first().pk, is_full=False, by=owner, now=NOW)
    (before,) = list_feeds()
    path = re.sub(r"http://[^/]+", "", before.url)
    renew(is_listed=is_listed)

    (after,) = list_feeds()
    assert (customer_client.get(path).status_code, after.url) == (200, before.url if is_listed else "")


def test_page_says_that_a_link_cannot_be_shown_any_more(tenant, owner_client, renew):
    owner = User.objects.get(role="owner")
    by = Actor(kind="staff", user_id=owner.pk)
    add_feed(resource_id=Resource.objects.first().pk, is_full=False, by=by, now=NOW)
    renew(is_listed=False)
    owner_client.force_login(owner)

    page = owner_client.get("/workspace/feeds/?lang=en").content.decode()

    assert ["it cannot be shown any more" in page, "/calendar.ics" in page] == [True, False]


def test_runbook_lists_who_has_webhooks_or_calendar_links(tenant, other_tenant, capsys):
    """Its own lines are run; another business has none and is left out."""
    page = (ROOT / "infra" / "runbooks" / "new-secret.md").read_text()
    (lines,) = re.findall(r'turnero-manage shell --command "\n(.+?)"\n```', page, flags=re.DOTALL)
    make_webhook(url="https://hooks.example/", events=["booking.confirmed"], now=NOW)

    call_outside(exec, lines, {})

    assert capsys.readouterr().out == f"{tenant.slug} webhooks: 1 calendar links: 0\n"
