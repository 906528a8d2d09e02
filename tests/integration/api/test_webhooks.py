"""Programs set webhooks up: by the services of the workspace's page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accounts.models import User
from api.models import IdempotentAnswer
from audit.models import Entry
from kernel.clock import utc_now
from notifications.enums import WebhookEnd
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.selectors.webhook_secrets import find_secret
from notifications.services.webhooks.endpoints import MOST_ENDPOINTS
from notifications.types.webhooks import WEBHOOK
from tests.conftest import HostClient
from tests.factories.accounts import make_key

URL, EVENTS = "https://hooks.example/turnero", ["booking.confirmed", "booking.cancelled"]


@pytest.fixture
def call(tenant):
    def call_(method: str, path: str, body: object = None, *, access: str = "write", **headers: str):
        token = make_key({"webhooks": access})
        client = HostClient(tenant.primary_host, headers={"Authorization": f"Bearer {token}", **headers})
        if method == "get":
            return client.get(f"/api/v1/{path}")
        return getattr(client, method)(f"/api/v1/{path}", {} if body is None else body, content_type="application/json")

    return call_


@pytest.fixture
def webhook(call) -> str:
    return str(call("post", "webhooks", {"url": URL, "events": EVENTS}).json()["id"])


def test_webhook_is_set_up_read_and_changed(call):
    made = call("post", "webhooks", {"url": URL, "events": EVENTS})
    one = f"webhooks/{made.json()['id']}"
    changed = call("patch", one, {"events": ["booking.held"]})

    body = {**made.json(), "events": ["booking.held"]}
    assert made.status_code == 201
    assert {name: made.json()[name] for name in ("url", "events", "is_on", "off_at", "failing_since")} == {
        "url": URL, "events": EVENTS, "is_on": True, "off_at": None, "failing_since": None,
    }  # fmt: skip
    assert (changed.status_code, changed.json(), call("get", one).json()) == (200, body, body)
    assert call("get", "webhooks", access="read").json() == {"results": [body], "next": None}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": URL}, "events"),
        ({"url": URL, "events": []}, "events"),
        ({"url": URL, "events": ["booking.eaten"]}, "events"),
        ({"url": "http://127.1/", "events": EVENTS}, "url"),
        ({"url": "http://localhost/", "events": EVENTS}, "url"),
        ({"url": "ftp://hooks.example/", "events": EVENTS}, "url"),
        ({"url": URL, "events": EVENTS, "secret": "mine"}, "secret"),
    ],
)
def test_what_cannot_be_names_its_field(call, body, field):
    answer = call("post", "webhooks", body)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert WebhookEndpoint.objects.count() == 0


def test_address_of_ours_is_refused(call, tenant, webhook):
    answer = call("patch", f"webhooks/{webhook}", {"url": f"https://{tenant.primary_host}/"})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["url"])
    assert WebhookEndpoint.objects.get().url == URL


def test_no_more_than_fit(call):
    WebhookEndpoint.objects.bulk_create(
        WebhookEndpoint(url=f"{URL}/{number}", events=EVENTS, secret_hash="x", created_at=utc_now())
        for number in range(MOST_ENDPOINTS)
    )

    answer = call("post", "webhooks", {"url": URL, "events": EVENTS})

    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_webhooks")
    assert WebhookEndpoint.objects.count() == MOST_ENDPOINTS


def test_secret_is_for_keys_that_may_change_and_kept_nowhere(call, webhook):
    path = f"webhooks/{webhook}/secret"
    shown = call("post", path, **{"Idempotency-Key": "once"}).json()
    refused = call("post", path, access="read")
    call("post", f"webhooks/{webhook}/rotate")
    after = call("post", path).json()

    assert (shown["secret"].startswith("whsec_"), refused.status_code) == (True, 403)
    assert (after, after == shown) == ({"secret": find_secret(int(webhook))}, False)
    assert call("get", f"webhooks/{webhook}").json()["former_secret_until"] is not None
    assert not any("whsec_" in each.sent for each in IdempotentAnswer.objects.all())


def test_switched_off_on_and_removed(call, webhook):
    one = f"webhooks/{webhook}"

    states = [call("post", f"{one}/{step}").json()["is_on"] for step in ("off", "off", "on")]
    gone = call("delete", one)

    assert (states, gone.status_code, call("get", one).status_code) == ([False, False, True], 204, 404)


def test_log_is_read_and_sent_again(call, webhook):
    one = f"webhooks/{webhook}"
    call("post", f"{one}/test")
    waiting = call("post", f"{one}/deliveries/{WebhookDelivery.objects.get().pk}/again")
    WebhookDelivery.objects.update(end=WebhookEnd.FAILED, ended_at=utc_now(), status_code=500, answer="down")
    (line,) = call("get", f"{one}/deliveries?state=failed", access="read").json()["results"]

    again = call("post", f"{one}/deliveries/{line['id']}/again")

    assert (waiting.status_code, waiting.json()["code"]) == (409, "delivery_waits")
    assert {name: line[name] for name in ("type", "state", "status_code", "answer", "next_try_at")} == {
        "type": "webhook.test", "state": "failed", "status_code": 500, "answer": "down", "next_try_at": None,
    }  # fmt: skip
    assert (again.status_code, WebhookDelivery.objects.get().ended_at) == (200, None)
    assert call("get", f"{one}/deliveries?state=failed").json() == {"results": [], "next": None}
    (line,) = call("get", f"{one}/deliveries?state=waiting").json()["results"]
    assert (line["state"], line["next_try_at"] is None) == ("waiting", False)


def test_nothing_is_sent_where_it_is_off(call, webhook):
    call("post", f"webhooks/{webhook}/off")

    answer = call("post", f"webhooks/{webhook}/test")

    assert (answer.status_code, answer.json()["code"]) == (409, "webhook_is_off")
    assert WebhookDelivery.objects.count() == 0


@pytest.mark.parametrize(
    "act",
    [
        "get ", "patch ", "delete ", "get /deliveries", "post /deliveries/1/again", "post /deliveries/x/again",
        *(f"post /{step}" for step in ("on", "off", "rotate", "test", "secret")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("number", ["999", "x"])
def test_webhook_that_does_not_exist(call, act, number):
    method, step = act.split(" ")

    answer = call(method, f"webhooks/{number}{step}")

    assert (answer.status_code, answer.json()["code"]) == (404, "webhook_not_found")


def test_delivery_of_another_webhook_is_not_sent(call, webhook):
    other = call("post", "webhooks", {"url": f"{URL}/2", "events": EVENTS}).json()["id"]
    call("post", f"webhooks/{other}/test")
    WebhookDelivery.objects.update(end=WebhookEnd.FAILED, ended_at=utc_now())

    answer = call("post", f"webhooks/{webhook}/deliveries/{WebhookDelivery.objects.get().pk}/again")

    assert (answer.status_code, WebhookDelivery.objects.get().end) == (404, "failed")


def test_session_alone_opens_no_other_way(owner_client: HostClient, webhook):
    """Whoever sits down at a browser that somebody left would hear of everything from then on."""
    before, one = list(WebhookEndpoint.objects.values()), f"/api/v1/webhooks/{webhook}"

    def send(method: str, path: str, body: object):
        return getattr(owner_client, method)(path, body, content_type="application/json")

    answers = [
        send("post", "/api/v1/webhooks", {"url": f"{URL}/2", "events": EVENTS}),
        send("patch", one, {"url": "https://other.example/"}),
        send("post", f"{one}/rotate", {}),
        send("post", f"{one}/secret", {}),
    ]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(409, "proof_needed")] * 4
    assert list(WebhookEndpoint.objects.values()) == before
    assert [send("post", f"{one}/{step}", {}).status_code for step in ("off", "on")] == [200, 200]


def test_log_names_the_person_of_the_key(call, webhook):
    for step in ("rotate", "off"):
        call("post", f"webhooks/{webhook}/{step}")
    call("delete", f"webhooks/{webhook}")

    owner = User.objects.get(role="owner").pk
    entries = Entry.objects.filter(noun=WEBHOOK, row_id=webhook).order_by("version")
    assert list(entries.values_list("action", "user_id")) == [
        ("created", owner), ("changed", owner), ("changed", owner), ("deleted", owner),
    ]  # fmt: skip


def test_too_many_tests_are_refused_with_when_to_come_back(call, webhook, settings):
    settings.LIMITS = settings.LIMITS | {"webhook_tests": replace(settings.LIMITS["webhook_tests"], size=0)}

    answer = call("post", f"webhooks/{webhook}/test")

    assert (answer.status_code, answer.json()["code"], "Retry-After" in answer.headers) == (429, "throttled", True)
    assert WebhookDelivery.objects.count() == 0
