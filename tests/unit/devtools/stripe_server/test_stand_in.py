from __future__ import annotations

import json
import random
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from devtools.stripe_server import accounts
from devtools.stripe_server.__main__ import main
from devtools.stripe_server.cards import CARDS
from devtools.stripe_server.postman import Habits, Postman
from devtools.stripe_server.server import API_KEY, NOTICE_SECRET, SECRET, Fault, StandIn
from devtools.stripe_server.specification import API_VERSION
from devtools.stripe_server.world import World
from outgoing.client import send_request
from outgoing.errors import CallFailed

UNKNOWN_ACCOUNT = "The provided key does not have access to account 'acct_x' (or that account does not exist)."

SESSION = {
    "mode": "payment",
    "ui_mode": "hosted_page",
    "success_url": "https://t.example/?paid={CHECKOUT_SESSION_ID}",
    "cancel_url": "https://t.example/?back",
    "locale": "es",
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": "mxn",
    "line_items[0][price_data][unit_amount]": "50000",
    "line_items[0][price_data][product_data][name]": "Afinación <b>",
}


@pytest.fixture
def stand_in():
    with StandIn() as running:
        yield running


@pytest.fixture
def account(stand_in):
    return stand_in.open_account()


def call(stand_in, path, form=None, *, account="", key="t:x:1:1", **headers):
    given = {"Authorization": f"Bearer {API_KEY}", "Stripe-Version": API_VERSION} | {
        "Stripe-Account": account, "Idempotency-Key": key,
    }  # fmt: skip
    sent = {name: value for name, value in (given | headers).items() if value}
    answer = send_request(stand_in.url + path, method="GET" if form is None else "POST", headers=sent, form=form)
    return answer.status, json.loads(answer.body)


def read(stand_in, path, form=None):
    answer = send_request(stand_in.url + path, method="GET" if form is None else "POST", form=form)
    return answer.status, answer.body.decode(), answer.headers.get("location")


def open_page(stand_in, account, **changes):
    _, session = call(stand_in, "/v1/checkout/sessions", SESSION | changes, account=account)
    return session["id"], session["url"].removeprefix(stand_in.url)


@pytest.mark.parametrize(
    ("headers", "status", "what"),
    [
        ({"Authorization": ""}, 401, "Invalid API Key provided."),
        ({"Stripe-Version": "2024-06-20"}, 400, f"The stand-in speaks {API_VERSION} only, not 2024-06-20."),
        ({"Stripe-Account": ""}, 400, "Direct charges are made in an account: Stripe-Account is missing."),
        ({"Idempotency-Key": ""}, 400, "Calls that change something have a key of ours: Idempotency-Key is missing."),
        ({"Stripe-Account": "acct_x"}, 403, UNKNOWN_ACCOUNT),
    ],
)  # fmt: skip
def test_call_that_stripe_or_our_rules_refuse_does_nothing(stand_in, account, headers, status, what):
    answer = call(stand_in, "/v1/checkout/sessions", SESSION, account=account, **headers)

    assert (answer[0], answer[1]["error"]["message"]) == (status, what)
    assert list(stand_in.world.find_all("checkout.session", account)) == []


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/invoices", "/v1/accounts"])
def test_what_is_not_played_is_said(stand_in, account, path):
    status, body = call(stand_in, path, {}, account=account)

    assert (status, body["error"]["message"]) == (404, f"Unrecognized request URL (POST: {path})")


def test_typo_is_caught(stand_in, account):
    status, body = call(stand_in, "/v1/checkout/sessions", SESSION | {"succes_url": "x"}, account=account)

    assert (status, body["error"]["code"], body["error"]["param"]) == (400, "parameter_unknown", "succes_url")
    assert stand_in.counter.refused_fields == [("succes_url", "Received unknown parameter")]


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"ui_mode": "embedded_page"}, "ui_mode"),
        ({"expires_at": "12"}, "expires_at"),
        ({"customer": "cus_none"}, "id"),
        ({"mode": "setup"}, "currency"),
        ({"line_items[1][quantity]": "2"}, "line_items"),
        ({"line_items[0][price_data][unit_amount]": "7"}, "line_items[0][price_data][unit_amount]"),
        ({"line_items[0][price_data][unit_amount]": "100000000"}, "line_items[0][price_data][unit_amount]"),
    ],
)
def test_page_that_makes_no_sense_is_not_opened(stand_in, account, changes, param):
    status, body = call(stand_in, "/v1/checkout/sessions", SESSION | changes, account=account)

    assert (status // 100, body["error"]["param"]) == (4, param)
    assert stand_in.counter.refused_fields == []


def test_known_customer_has_no_other_address(stand_in, account):
    _, customer = call(stand_in, "/v1/customers", {"email": "a@example.com"}, account=account)
    form = SESSION | {"customer": customer["id"], "customer_email": "b@example.com"}

    status, body = call(stand_in, "/v1/checkout/sessions", form, account=account, key="t:x:2:1")

    assert (status, body["error"]["param"]) == (400, "customer")


def test_same_key_has_the_same_answer_and_other_content_none(stand_in, account):
    first = call(stand_in, "/v1/checkout/sessions", SESSION, account=account)
    again = call(stand_in, "/v1/checkout/sessions", SESSION, account=account)
    other = call(stand_in, "/v1/checkout/sessions", SESSION | {"locale": "en"}, account=account)
    elsewhere = call(stand_in, "/v1/checkout/sessions", SESSION, account=stand_in.open_account())

    assert first == again
    assert (other[0], other[1]["error"]["type"]) == (400, "idempotency_error")
    assert elsewhere[1]["id"] != first[1]["id"]


def test_refusal_is_remembered_with_its_key(stand_in, account):
    form = {"payment_intent": "pi_none"}

    answers = [call(stand_in, "/v1/refunds", form, account=account) for _ in range(2)]

    assert answers[0] == answers[1]
    assert answers[0][0] == 404


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"expand[0]": "id"}, "expand"),
        ({"expand[0]": "payment_intent.nothing"}, None),
    ],
)
def test_only_references_are_expanded(stand_in, account, params, param):
    session_id, _ = open_page(stand_in, account)

    path = f"/v1/checkout/sessions/{session_id}?" + "&".join(f"{name}={value}" for name, value in params.items())

    assert call(stand_in, path, account=account)[1].get("error", {}).get("param") == param


def test_person_pays_on_the_page_and_is_led_back(stand_in, account):
    session_id, path = open_page(stand_in, account)

    status, page, _ = read(stand_in, path)
    _, declined, _ = read(stand_in, path, {"card": "chargeDeclinedInsufficientFunds"})
    led = read(stand_in, path, {"card": "visa"})
    closed = read(stand_in, path, {"card": "visa"})

    assert status == 200
    assert "MXN 500.00" in page
    assert "Afinación &lt;b&gt;" in page
    assert [card.last_four in page for card in CARDS.values()] == [True] * len(CARDS)
    assert "La tarjeta fue rechazada. <small>(insufficient_funds)</small>" in declined
    assert led == (303, "", f"https://t.example/?paid={session_id}")
    assert "Esta página ya no recibe pagos." in closed[1]
    assert "https://t.example/?back" in closed[1]


@pytest.mark.parametrize(
    ("answer", "status", "state"), [("yes", 303, "succeeded"), ("no", 200, "requires_payment_method")]
)
def test_bank_asks_the_person_first(stand_in, account, answer, status, state):
    session_id, path = open_page(stand_in, account, locale="en")

    _, question, _ = read(stand_in, path, {"card": "threeDSecureRequired"})
    found = read(stand_in, path, {"card": "threeDSecureRequired", "bank": answer})

    assert "Your bank asks: is it you?" in question
    assert found[0] == status
    intent = stand_in.world.things[stand_in.world.things[session_id]["payment_intent"]]
    assert intent["status"] == state


def test_card_is_kept_on_a_page_without_an_amount(stand_in, account):
    form = {"mode": "setup", "currency": "clp", "locale": "es"}
    base = {name: value for name, value in SESSION.items() if not name.startswith("line_items")}
    _, session = call(stand_in, "/v1/checkout/sessions", base | form, account=account)
    path = session["url"].removeprefix(stand_in.url)

    _, page, _ = read(stand_in, path)
    _, declined, _ = read(stand_in, path, {"card": "chargeDeclined"})
    led = read(stand_in, path, {"card": "visa"})

    assert "Guardar tarjeta" in page
    assert "generic_decline" in declined or "card_declined" in declined
    assert led[0] == 303


def test_amounts_without_decimals_are_shown_whole(stand_in, account):
    changes = {"line_items[0][price_data][currency]": "clp", "line_items[0][price_data][unit_amount]": "15000"}

    _, path = open_page(stand_in, account, **changes)

    assert "CLP 15,000<" in read(stand_in, path)[1]


def test_business_tells_who_it_is(stand_in):
    account = stand_in.open_account(state="incomplete")
    body = json.dumps({
        "account": account,
        "use_case": {"type": "account_onboarding", "account_onboarding": {"refresh_url": "https://t.example/again"}},
    }).encode()  # fmt: skip
    headers = {"Authorization": f"Bearer {API_KEY}", "Stripe-Version": API_VERSION, "Idempotency-Key": "t:s:1:1"}
    before = read(stand_in, f"/setup/{account}")
    send_request(f"{stand_in.url}/v2/core/account_links", method="POST", headers=headers, content=body)

    _, page, _ = read(stand_in, f"/setup/{account}")
    led = read(stand_in, f"/setup/{account}", {"state": "active"})

    assert before[0] == 404
    assert "Now: incomplete" in page
    assert led == (303, "", "https://t.example/again")
    assert stand_in.world.private[account]["state"] == "active"
    assert [event["object"] for event in stand_in.postman.take_all()] == ["v2.core.event"] * 2


@pytest.mark.parametrize("path", ["/", "/c/pay/cs_none", "/setup/acct_none", "/c/pay/"])
def test_other_pages_are_none(stand_in, path):
    assert read(stand_in, path)[0] == 404


@pytest.mark.parametrize(("locale", "words"), [("es", "0002 · Es rechazada<"), ("en", "0002 · Is declined<")])
def test_cards_are_told_in_the_customers_language(stand_in, account, locale, words):
    _, path = open_page(stand_in, account, locale=locale)

    assert words in read(stand_in, path)[1]


def test_stand_in_says_that_it_runs(stand_in):
    assert read(stand_in, "/healthz")[:2] == (200, "ok")


def test_business_that_took_access_away_says_so(stand_in, account):
    accounts.disconnect(stand_in.world, account)

    (event,) = stand_in.postman.take_all()
    assert (event["type"], event["account"]) == ("account.application.deauthorized", account)


def test_world_survives_a_restart(tmp_path):
    path = tmp_path / "stripe.json"
    with StandIn(path=path) as before:
        account = before.open_account()
        session_id, page = open_page(before, account)

    with StandIn(path=path) as after:
        led = read(after, page, {"card": "visa"})

        assert led[0] == 303
        assert after.world.things[session_id]["payment_status"] == "paid"
        assert call(after, "/v1/checkout/sessions", SESSION, account=account)[1]["id"] == session_id


def test_world_that_is_kept_nowhere_begins_empty():
    world = World()

    world.load()
    world.save()

    assert world.things == {}


def test_port_in_use_ends_in_one_line(tmp_path, stand_in, capsys):
    port = stand_in.url.rpartition(":")[2]

    assert main([str(tmp_path), "--port", port]) == 1
    assert "the stand-in for Stripe ends" in capsys.readouterr().err


class Listener:
    """A server that keeps what is posted to it, and answers with the statuses it is given, then 200."""

    def __init__(self) -> None:
        self.got = []
        self.statuses = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((self.headers["Stripe-Signature"], json.loads(body)))
                self.send_response(outer.statuses.pop(0) if outer.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def wait_for(self, count):
        deadline = time.monotonic() + 10
        while len(self.got) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.05)
        return [event["id"] for _, event in self.got]


@pytest.fixture
def listener():
    listening = Listener()
    yield listening
    listening.server.shutdown()
    listening.server.server_close()


def post(listener, habits, count=20):
    postman = Postman(SECRET, NOTICE_SECRET, listener.url, listener.url, habits, chance=random.Random(7))
    for number in range(count):
        postman.take({"object": "v2.core.event", "id": f"evt_{number:02}"})
    return postman


def test_events_come_once_by_default(listener):
    post(listener, Habits())

    assert sorted(listener.wait_for(20)) == [f"evt_{number:02}" for number in range(20)]


def test_events_come_twice(listener):
    post(listener, Habits(twice=1))

    assert sorted(listener.wait_for(40)) == sorted([f"evt_{number:02}" for number in range(20)] * 2)


def test_late_events_come_in_another_order(listener):
    post(listener, Habits(late_seconds=0.5))

    found = listener.wait_for(20)
    assert sorted(found) == [f"evt_{number:02}" for number in range(20)]
    assert found != sorted(found)


def test_lost_events_never_come(listener):
    post(listener, Habits(lost=1))

    assert listener.wait_for(0) == []


def test_forged_events_come_as_well(listener):
    post(listener, Habits(forged=1), count=1)

    assert listener.wait_for(2) == ["evt_00", "evt_00"]
    assert len({signature for signature, _ in listener.got}) == 2


def test_event_that_is_not_taken_comes_again(listener, monkeypatch):
    monkeypatch.setattr("devtools.stripe_server.postman.WAIT_SECONDS", 0.01)
    listener.statuses = [500, 503]

    postman = post(listener, Habits(), count=1)

    assert listener.wait_for(3) == ["evt_00"] * 3
    assert postman.delivered == [("evt_00", 500), ("evt_00", 503), ("evt_00", 200)]


def test_event_for_nobody_is_given_up(monkeypatch):
    monkeypatch.setattr("devtools.stripe_server.postman.WAIT_SECONDS", 0.001)
    postman = Postman(SECRET, NOTICE_SECRET, "http://127.0.0.1:9/", "http://127.0.0.1:9/")

    postman._send({"object": "v2.core.event", "id": "evt_1"}, SECRET)

    assert postman.delivered == [("evt_1", 0)]
    postman._send({"object": "v2.core.event", "id": "evt_2"}, NOTICE_SECRET)
    assert postman.delivered == [("evt_1", 0)] + [("evt_2", 0)] * 5


@pytest.mark.parametrize("fault", list(Fault))
def test_fault_hits_one_call(stand_in, account, fault):
    stand_in.slow_seconds = 0.1
    stand_in.faults = [fault]

    try:
        first = call(stand_in, "/v1/checkout/sessions", SESSION, account=account)[0]
    except CallFailed:
        first = "no answer"

    expected = {Fault.ERROR: 500, Fault.BUSY: 429}.get(fault, "no answer")
    assert first == expected
    assert call(stand_in, "/v1/checkout/sessions", SESSION, account=account)[0] == 200
    assert len(list(stand_in.world.find_all("checkout.session", account))) == 1
