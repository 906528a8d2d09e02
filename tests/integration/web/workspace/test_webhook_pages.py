"""The pages about webhooks: adding, the secret, the log, and what one press does."""

from __future__ import annotations

import html
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services import second_step
from kernel.clock import utc_now
from notifications.enums import WebhookEnd
from notifications.hooks import list_webhook_types
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.selectors.webhook_secrets import find_secret
from notifications.services.webhooks.by_hand import send_test
from notifications.services.webhooks.endpoints import (
    MOST_ENDPOINTS,
    NOT_PUBLIC,
    switch_endpoint,
)
from tests.conftest import OWNER_PASSWORD, HostClient
from tests.factories.accounts import SECRET, sign_in_fully
from tests.factories.webhooks import make_webhook
from web.workspace.webhooks.forms import EVENTS, say_event
from web.workspace.webhooks.views import ACTS

LIST, NEW = "/workspace/webhooks/", "/workspace/webhooks/new/"
URL = "https://hooks.example/in?key=abc"
TYPES = ["booking.confirmed", "booking.cancelled"]
PROOF = {"password": OWNER_PASSWORD}


@pytest.fixture
def webhook(tenant) -> int:
    return make_webhook(url=URL, events=TYPES, now=utc_now())


def read(client: HostClient, path: str) -> str:
    answer = client.get(f"{path}?lang=en")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def end(delivery_id: int, **changes: object) -> None:
    WebhookDelivery.objects.filter(pk=delivery_id).update(end=WebhookEnd.DELIVERED, ended_at=utc_now(), **changes)


def test_every_type_has_words():
    assert [each for each in list_webhook_types() if each not in EVENTS] == []
    assert say_event("x.new") == "x.new"


def test_webhook_is_added_and_its_page_opens(owner_client):
    empty = read(owner_client, LIST)
    form = read(owner_client, NEW)
    answer = owner_client.post(NEW, {"url": URL, "events": TYPES, **PROOF})

    row = WebhookEndpoint.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{LIST}{row.pk}/")
    assert (row.url, row.events) == (URL, TYPES)
    assert ["No program is told anything yet" in empty, form.count('name="events"')] == [True, 26]
    listed, page = read(owner_client, LIST), read(owner_client, f"{LIST}{row.pk}/")
    assert [f"{LIST}{row.pk}/" in listed, "key=abc" in listed, "key=abc" in page] == [True, False, True]
    assert find_secret(row.pk) not in page


def test_what_is_wrong_is_said_and_stays_typed(owner_client):
    answer = owner_client.post(f"{NEW}?lang=en", {"url": "http://10.0.0.1/x", "events": ["booking.held", "x"], **PROOF})
    page = html.unescape(answer.content.decode())

    assert (answer.status_code, WebhookEndpoint.objects.count()) == (422, 0)
    assert [NOT_PUBLIC in page, "One of these events does not exist." in page] == [True, True]
    assert ['value="http://10.0.0.1/x"' in page, page.count(" checked")] == [True, 1]


def test_one_too_many_is_refused(owner_client, webhook):
    for number in range(MOST_ENDPOINTS - 1):
        make_webhook(url=f"{URL}{number}", events=TYPES, now=utc_now())

    answer = owner_client.post(f"{NEW}?lang=en", {"url": URL, "events": TYPES, **PROOF})

    assert (answer.status_code, WebhookEndpoint.objects.count()) == (409, MOST_ENDPOINTS)
    assert f"You have {MOST_ENDPOINTS} webhooks" in answer.content.decode()
    assert NEW not in read(owner_client, LIST)


def test_webhook_is_changed(owner_client, webhook):
    path = f"{LIST}{webhook}/change/"
    form = read(owner_client, path)
    answer = owner_client.post(path, {"url": "https://other.example/", "events": TYPES[:1], **PROOF})
    refused = owner_client.post(path, {"url": "", "events": TYPES[:1], **PROOF})

    row = WebhookEndpoint.objects.get()
    assert [f'value="{URL}"' in form, form.count(" checked")] == [True, 2]
    assert (answer.headers["Location"], row.url, row.events) == (
        f"{LIST}{webhook}/", "https://other.example/", TYPES[:1],
    )  # fmt: skip
    assert refused.status_code == 422


def test_secret_is_shown_when_asked_for_and_never_kept_by_browsers(owner_client, webhook):
    asked = read(owner_client, f"{LIST}{webhook}/secret/")
    answer = owner_client.post(f"{LIST}{webhook}/secret/", PROOF)

    assert [find_secret(webhook) in asked, 'name="password"' in asked] == [False, True]
    assert find_secret(webhook) in html.unescape(answer.content.decode())
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ACTS)
def test_one_press_does_what_it_says(owner_client, webhook, name):
    if name == "on":
        switch_endpoint(endpoint_id=webhook, is_on=False, by_id=None, now=utc_now())

    answer = owner_client.post(f"{LIST}{webhook}/{name}/")

    rows = list(WebhookEndpoint.objects.values_list("off_reason", "secret_version"))
    done = {"test": ("", 1), "on": ("", 1), "off": ("by_hand", 1)}
    assert answer.status_code == 302
    assert (rows, WebhookDelivery.objects.count()) == (
        [] if name == "remove" else [done[name]], 1 if name == "test" else 0,
    )  # fmt: skip
    if name != "remove":
        page = read(owner_client, answer.headers["Location"])
        assert [f"/{each}/" in page for each in ("on", "off")] == [name == "off", name != "off"]


@pytest.mark.parametrize("act", ["secret", "rotate", "change", "new"])
@pytest.mark.parametrize("password", ["", "not-theirs"])
def test_without_the_password_nothing_is_shown_or_changed(owner_client, webhook, act, password):
    before = list(WebhookEndpoint.objects.values())
    path = NEW if act == "new" else f"{LIST}{webhook}/{act}/"

    answer = owner_client.post(f"{path}?lang=en", {"url": "https://x.example/", "events": TYPES, "password": password})

    page = html.unescape(answer.content.decode())
    assert (answer.status_code, list(WebhookEndpoint.objects.values())) == (422, before)
    assert ['id="f-password_error"' in page, "whsec_" in page] == [True, False]


def test_whoever_has_a_second_step_is_asked_for_its_code(tenant, webhook):
    owner = User.objects.get(role="owner")
    second_step.seed(owner.email, secret=SECRET)
    owner.refresh_from_db()
    client = HostClient(tenant.primary_host)
    sign_in_fully(client, owner)
    path = f"{LIST}{webhook}/rotate/"

    refused = client.post(path, {**PROOF, "code": "000000"})
    done = client.post(path, {**PROOF, "code": second_step.make_code(SECRET)})

    assert (refused.status_code, 'id="f-code_error"' in refused.content.decode(), done.status_code) == (422, True, 302)
    assert WebhookEndpoint.objects.get().secret_version == 2


def test_too_many_wrong_passwords_are_said_with_when_to_come_back(owner_client, webhook, settings):
    limits = {name: replace(each, size=1) for name, each in settings.LIMITS.items() if name.startswith("second_step")}
    settings.LIMITS = settings.LIMITS | limits

    for act in ("rotate", "change"):
        typed = {"url": URL, "events": TYPES, "password": "not-theirs"}
        answers = [owner_client.post(f"{LIST}{webhook}/{act}/", typed) for _ in range(3)]

        assert (answers[-1].status_code, "Retry-After" in answers[-1].headers) == (429, True)
    assert WebhookEndpoint.objects.get().secret_version == 1


def test_new_secret_is_made_and_the_one_before_works_on(owner_client, webhook):
    asked = read(owner_client, f"{LIST}{webhook}/rotate/")
    answer = owner_client.post(f"{LIST}{webhook}/rotate/", PROOF)

    page = read(owner_client, answer.headers["Location"])
    assert ["For 24 hours both sign" in asked, "The secret before works as well until" in page] == [True, True]
    assert WebhookEndpoint.objects.get().secret_version == 2


def test_another_host_is_told_to_need_the_new_secret(owner_client, webhook):
    path = f"{LIST}{webhook}/change/"
    form = read(owner_client, path)
    answer = owner_client.post(f"{path}?lang=en", {"url": "https://x.example/", "events": TYPES, **PROOF}, follow=True)

    assert "At another host only a new secret signs" in form
    assert "Give the program the new secret" in answer.content.decode()
    assert WebhookEndpoint.objects.get().secret_version == 2


def test_same_address_twice_is_said_at_its_field(owner_client, webhook):
    answer = owner_client.post(f"{NEW}?lang=en", {"url": URL, "events": TYPES, **PROOF})

    assert (answer.status_code, WebhookEndpoint.objects.count()) == (422, 1)
    assert "There is a webhook to this address already." in answer.content.decode()


def test_history_stays_when_the_webhook_is_gone(owner_client, webhook):
    """Everything that the log can hold is said; the list names whom it is about."""
    one = f"{LIST}{webhook}/"
    for typed in ({"url": f"{URL}2", "events": TYPES}, {"url": "https://x.example/", "events": TYPES[:1]}):
        owner_client.post(f"{one}change/", {**typed, **PROOF})
    for act in ("off", "on"):
        owner_client.post(f"{one}{act}/")
    page, listed = read(owner_client, one), read(owner_client, LIST)
    owner_client.post(f"{one}remove/")
    gone = read(owner_client, LIST)

    said = [
        "Webhook added: hooks.example", "Another address on the same host",
        "Calls go to x.example instead of hooks.example", "It hears of: An appointment is confirmed",
        "There is a new secret", "Switched off: Somebody here switched it off", "Switched on",
    ]  # fmt: skip
    assert [[text in each for text in said] for each in (page, listed, gone)] == [[True] * len(said)] * 3
    assert ["<b>x.example</b> · " in each for each in (page, listed, gone)] == [False, True, False]
    assert ["Webhook removed: x.example" in each for each in (listed, gone)] == [False, True]
    assert User.objects.get(role="owner").name in gone


@pytest.mark.parametrize("act", ["test/", "again/{delivery}/"])
def test_too_many_by_hand_are_said_with_when_to_come_back(owner_client, webhook, settings, act):
    delivery = send_test(endpoint_id=webhook, now=utc_now())
    end(delivery)
    limits = {name: replace(each, size=0) for name, each in settings.LIMITS.items() if name.startswith("webhook_")}
    settings.LIMITS = settings.LIMITS | limits

    answer = owner_client.post(f"{LIST}{webhook}/{act.format(delivery=delivery)}?lang=en")

    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)
    assert "This was requested too many times." in answer.content.decode()
    assert list(WebhookDelivery.objects.values_list("end", flat=True)) == [WebhookEnd.DELIVERED]


def test_what_is_switched_off_sends_no_test_and_says_so(owner_client, webhook):
    switch_endpoint(endpoint_id=webhook, is_on=False, by_id=None, now=utc_now())

    answer = owner_client.post(f"{LIST}{webhook}/test/?lang=en")

    assert (answer.status_code, WebhookDelivery.objects.count()) == (409, 0)
    assert "This webhook is switched off. Switch it on first." in answer.content.decode()


def test_unknown_acts_and_webhooks_are_not_found(owner_client, webhook):
    paths = [f"{LIST}{webhook}/explode/", f"{LIST}{webhook + 1}/test/", f"{LIST}{webhook + 1}/again/1/"]

    assert [owner_client.post(path).status_code for path in paths] == [404, 404, 404]
    assert owner_client.get(f"{LIST}{webhook + 1}/").status_code == 404
    assert WebhookDelivery.objects.count() == 0


def test_log_is_narrowed_and_sent_again(owner_client, webhook):
    waiting, done, lost = (send_test(endpoint_id=webhook, now=utc_now()) for _ in range(3))
    end(done, attempts=1, status_code=200, answer="<b>thanks</b>")
    WebhookDelivery.objects.filter(pk=lost).update(end=WebhookEnd.FAILED, ended_at=utc_now(), attempts=9)
    page = f"{LIST}{webhook}/"

    shown = {
        state: [
            f"/again/{each}/" in owner_client.get(page, {"state": state}).content.decode()
            for each in (waiting, done, lost)
        ]
        for state in ("", "waiting", "delivered", "failed", "nonsense")
    }
    answer = owner_client.post(f"{page}again/{lost}/")
    again = owner_client.post(f"{page}again/{lost}/?lang=en")

    assert shown == {
        "": [False, True, True],
        "waiting": [False, False, False],
        "delivered": [False, True, False],
        "failed": [False, False, True],
        "nonsense": [False, True, True],
    }
    assert "&lt;b&gt;thanks&lt;/b&gt;" in owner_client.get(page).content.decode()
    assert (answer.status_code, WebhookDelivery.objects.get(pk=lost).end) == (302, "")
    assert (again.status_code, "This is still waiting to be sent." in again.content.decode()) == (409, True)


def test_long_log_is_read_in_parts(owner_client, webhook, monkeypatch):
    monkeypatch.setattr("web.workspace.webhooks.views.PAGE_SIZE", 2)
    ids = [send_test(endpoint_id=webhook, now=utc_now()) for _ in range(3)]
    names = [WebhookDelivery.objects.get(pk=each).message_id for each in ids]
    first = html.unescape(owner_client.get(f"{LIST}{webhook}/", {"state": "waiting"}).content.decode())
    more = first.partition('<p class="gap-large"><a class="button" href="')[2].partition('"')[0]
    second = owner_client.get(more).content.decode()

    assert [[name in page for name in names] for page in (first, second)] == [[False, True, True], [True, False, False]]


def test_pages_ask_as_often_for_three_as_for_one(owner_client, webhook):
    counts = []
    for missing in (1, 2):
        for _ in range(missing):
            send_test(endpoint_id=webhook, now=utc_now())
            make_webhook(url=f"{URL}{WebhookEndpoint.objects.count()}", events=TYPES, now=utc_now())
        for path in (LIST, f"{LIST}{webhook}/"):
            owner_client.get(path)
            with CaptureQueriesContext(connection) as queries:
                owner_client.get(path)
            counts.append(len(queries))

    assert counts[:2] == counts[2:]


def test_business_that_may_change_nothing_reads_on(owner_client, webhook, monkeypatch):
    monkeypatch.setattr("web.workspace.webhooks.views.may_business", lambda ability: False)

    page = read(owner_client, f"{LIST}{webhook}/")

    assert ["/secret/" in page, "/test/" in page, "/rotate/" in page, "/change/" in page] == [True, False, False, False]
    assert [NEW in read(owner_client, LIST), ">Save<" in read(owner_client, NEW)] == [False, False]
