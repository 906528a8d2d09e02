from __future__ import annotations

import pytest
import stripe

from devtools.stripe_server import specification
from devtools.stripe_server.specification import (
    find_route,
    list_answer_problems,
    list_problems,
    list_routes,
    make_blank,
    nest,
)

SESSION = {
    "id": "cs_1",
    "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
    "created": 1,
    "custom_fields": [],
    "custom_text": {},
    "expires_at": 2,
    "livemode": False,
    "mode": "payment",
    "payment_method_types": ["card"],
    "payment_status": "unpaid",
    "shipping_options": [],
}


def test_every_route_of_the_sdk_is_read():
    assert len(list_routes()) == 651
    assert specification.API_VERSION == stripe.api_version == "2026-10-28.endive"


@pytest.mark.parametrize(
    ("verb", "path", "name"),
    [
        ("POST", "/v1/checkout/sessions", "SessionService.create"),
        ("get", "/v1/checkout/sessions/cs_1", "SessionService.retrieve"),
        ("POST", "/v1/payment_intents/pi_1/capture", "PaymentIntentService.capture"),
        ("GET", "/v1/payment_intents/search", "PaymentIntentService.search"),
        ("POST", "/v2/core/account_links", "AccountLinkService.create"),
    ],
)
def test_route_is_found_by_verb_and_path(verb, path, name):
    route = find_route(verb, path)

    assert route is not None
    assert route.name == name


@pytest.mark.parametrize(("verb", "path"), [("POST", "/v1/checkout"), ("DELETE", "/v1/refunds/re_1"), ("GET", "/v3/x")])
def test_what_the_sdk_never_asks_is_no_route(verb, path):
    assert find_route(verb, path) is None


def test_forms_are_nested():
    pairs = [("a", "1"), ("b[c][0][d]", "2"), ("b[c][1][d]", "3"), ("e[]", "4"), ("e[]", "5"), ("metadata[x]", "6")]

    assert nest(pairs) == {"a": "1", "b": {"c": [{"d": "2"}, {"d": "3"}]}, "e": ["4", "5"], "metadata": {"x": "6"}}


PRICE = {"currency": "mxn", "unit_amount": "5000", "product_data": {"name": "x"}}


@pytest.mark.parametrize(
    ("params", "problems"),
    [
        ({"mode": "payment", "line_items": [{"quantity": "1", "price_data": PRICE}]}, []),
        ({"succes_url": "x"}, [("succes_url", "Received unknown parameter")]),
        (
            {"line_items": [{"quantity": "x", "price_data": {"currency": "mxn"}}]},
            [("line_items[0][quantity]", "Invalid integer: x")],
        ),
        (
            {"line_items": [{"price_data": PRICE | {"product_data": {"nam": "x"}}}]},
            [
                ("line_items[0][price_data][product_data][nam]", "Received unknown parameter"),
                ("line_items[0][price_data][product_data][name]", "Missing required param"),
            ],
        ),
        ({"mode": "paiment"}, [("mode", "must be one of payment, setup, subscription")]),
        ({"line_items": "x"}, [("line_items", "Invalid array")]),
        ({"allow_promotion_codes": "perhaps"}, [("allow_promotion_codes", "Invalid boolean: perhaps")]),
        ({"success_url": {"a": "b"}}, [("success_url", "Invalid string: object given")]),
        ({"payment_intent_data": "x"}, [("payment_intent_data", "Invalid object")]),
        ({"metadata": {"a": {"b": "c"}}}, [("metadata", "Invalid object")]),
        ({"metadata": {"a": "b"}}, []),
    ],
)
def test_unknown_missing_and_mistyped_fields_are_found_at_any_depth(params, problems):
    route = find_route("POST", "/v1/checkout/sessions")

    assert list_problems(route, params) == problems


def test_route_without_parameters_takes_none():
    route = next(route for route in list_routes() if route.params is None)

    assert list_problems(route, {"a": "1"}) == [("a", "Received unknown parameter")]


def test_answer_that_its_class_knows_is_faultless():
    assert list_answer_problems(make_blank("checkout.session") | SESSION) == []


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        ({"colour": "red"}, [("[colour]", "unknown field")]),
        ({"created": "1"}, [("[created]", "'1' is no int")]),
        ({"livemode": 0}, [("[livemode]", "0 is no bool")]),
        ({"expires_at": True}, [("[expires_at]", "True is no int")]),
        ({"custom_text": {"a": 1}}, [("[custom_text][a]", "unknown field")]),
        ({"custom_fields": {}}, [("[custom_fields]", "no list")]),
        ({"payment_method_types": [7]}, [("[payment_method_types][0]", "7 is no str")]),
        ({"status": "opn"}, [("[status]", "'opn' is not one of ('complete', 'expired', 'open')")]),
        ({"payment_intent": {"id": "pi_1"}}, [("[payment_intent]", "no resource")]),
        ({"payment_intent": {"object": "intention"}}, [("[payment_intent]", "the SDK knows no resource 'intention'")]),
        ({"automatic_tax": "x"}, [("[automatic_tax]", "'x' is no AutomaticTax")]),
    ],
)  # fmt: skip
def test_answer_that_stripe_could_not_give_is_found(change, problems):
    assert list_answer_problems(make_blank("checkout.session") | SESSION | change) == problems


def test_missing_field_of_an_answer_is_found():
    answer = make_blank("checkout.session") | SESSION
    del answer["mode"]

    assert list_answer_problems(answer) == [("[mode]", "missing field")]


def test_lists_are_read_row_by_row():
    row = make_blank("checkout.session") | SESSION | {"mode": "trial"}
    answer = {"object": "list", "data": [row], "has_more": False, "url": "/v1/x", "total": 1}

    assert list_answer_problems(answer) == [
        ("[0][mode]", "'trial' is not one of ('payment', 'setup', 'subscription')"),
        ("[total]", "unknown field"),
    ]
