"""One call of the API: who asks, in which version, for what, with which key; what the stand-in does; and its answer."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from devtools.stripe_server import accounts, checkout, disputes, money
from devtools.stripe_server.cards import CARDS
from devtools.stripe_server.specification import (
    API_VERSION,
    find_route,
    list_answer_problems,
    list_problems,
    nest,
)
from devtools.stripe_server.world import PLATFORM, Refusal, Thing, World

JSON = "application/json"
KEYS_LAST = 24 * 3600
"""Stripe forgets a key after a day, refusals as well (docs.stripe.com/api/idempotent_requests)."""
CODES = {
    "Received unknown parameter": "parameter_unknown",
    "Missing required param": "parameter_missing",
    "Invalid integer": "parameter_invalid_integer",
}
REFERENCES = frozenset({
    "payment_intent", "setup_intent", "latest_charge", "payment_method", "charge", "customer", "balance_transaction",
    "source",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Call:
    """What came over the wire, read and checked; of each of ``files`` its digest stands in ``params``."""

    account: str
    params: Thing
    names: tuple[str, ...]
    base_url: str
    files: Mapping[str, disputes.Upload] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back."""

    status: int
    body: Thing
    headers: Mapping[str, str]


def _open_session(world: World, call: Call) -> Thing:
    accounts.require_charges(world, call.account)
    return checkout.open_session(world, call.account, call.params, call.base_url)


def _show_session(world: World, call: Call) -> Thing:
    session = world.get(call.names[0], "checkout.session", call.account)
    checkout.look_after(world, session)
    return session


def _expire_session(world: World, call: Call) -> Thing:
    session = _show_session(world, call)
    checkout.expire_session(world, session)
    return session


def _charge(world: World, call: Call) -> Thing:
    accounts.require_charges(world, call.account)
    params, account = call.params, call.account
    amount = int(params["amount"])
    money.check_amount(amount, params["currency"], "amount")
    given = ("currency", "customer", "description", "metadata", "capture_method", "setup_future_usage")
    fields = {name: params[name] for name in given if name in params}
    if params.get("confirm") != "true":
        return money.make_intent(world, account, amount=amount, **fields)
    method = world.get(params.get("payment_method", ""), "payment_method", account)
    if method["customer"] != params.get("customer"):
        raise Refusal("The payment method does not belong to this customer.", param="payment_method")
    if params.get("automatic_payment_methods", {}).get("allow_redirects") != "never":
        raise Refusal("You must provide a return_url, or allow no redirects.", param="return_url")
    intent = money.make_intent(world, account, amount=amount, **fields)
    card = money.get_card(world, method["id"])
    code = card.later or card.decline if params.get("off_session") == "true" else card.decline
    if code:
        raise money.decline(world, intent, method, code)
    money.take(world, intent, method)
    return intent


def _get_intent(world: World, call: Call) -> Thing:
    return world.get(call.names[0], "payment_intent", call.account)


def _capture(world: World, call: Call) -> Thing:
    intent = _get_intent(world, call)
    wanted = call.params.get("amount_to_capture")
    money.capture_intent(world, intent, None if wanted is None else int(wanted))
    return intent


def _cancel(world: World, call: Call) -> Thing:
    intent = _get_intent(world, call)
    money.cancel_intent(world, intent, call.params.get("cancellation_reason"))
    return intent


def _refund(world: World, call: Call) -> Thing:
    params = call.params
    intent = world.get(params.get("payment_intent", ""), "payment_intent", call.account)
    amount = int(params["amount"]) if "amount" in params else None
    return money.refund_intent(world, intent, amount, params.get("metadata", {}), params.get("reason"))


def _list(kind: str, *filters: str) -> Callable[[World, Call], Thing]:
    def list_some(world: World, call: Call) -> Thing:
        params, span = call.params, call.params.get("created", {})
        rows = [
            thing
            for thing in world.find_all(kind, call.account)
            if all(thing[name] == params[name] for name in filters if name in params)
            and int(span.get("gte", 0)) <= thing["created"] < int(span.get("lt", 1 << 62))
        ]
        after = params.get("starting_after")
        if after:
            rows = rows[[row["id"] for row in rows].index(after) + 1 :]
        limit = int(params.get("limit", 10))
        return {"object": "list", "data": rows[:limit], "has_more": len(rows) > limit, "url": f"/v1/{kind}s"}

    return list_some


def _list_payouts(world: World, call: Call) -> Thing:
    money.pay_out_what_is_due(world, call.account)
    return _list("payout")(world, call)


def _attach(world: World, call: Call) -> Thing:
    name = call.names[0].removeprefix("pm_card_")
    customer = world.get(call.params["customer"], "customer", call.account)["id"]
    if name in CARDS:
        return money.make_method(world, call.account, CARDS[name], customer)
    method = world.get(call.names[0], "payment_method", call.account)
    method["customer"] = customer
    return method


def _detach(world: World, call: Call) -> Thing:
    method = world.get(call.names[0], "payment_method", call.account)
    if method["customer"] is None:
        raise Refusal("The payment method you provided is not attached to a customer.")
    method["customer"] = None
    return method


def _make_customer(world: World, call: Call) -> Thing:
    return money.make_customer(world, call.account, call.params.get("email"))


def _upload(world: World, call: Call) -> Thing:
    if "file" not in call.files:
        raise Refusal("Missing required param: file.", code="parameter_missing", param="file")
    return disputes.keep_file(world, call.account, call.files["file"], call.params["purpose"], call.base_url)


def _show_dispute(world: World, call: Call) -> Thing:
    return world.get(call.names[0], "dispute", call.account)


def _answer_dispute(world: World, call: Call) -> Thing:
    dispute, params = _show_dispute(world, call), call.params
    disputes.answer(world, dispute, params.get("evidence", {}), is_sent=params.get("submit", "true").lower() == "true")
    return dispute


def _accept_dispute(world: World, call: Call) -> Thing:
    dispute = _show_dispute(world, call)
    disputes.accept(world, dispute)
    return dispute


def _get(kind: str) -> Callable[[World, Call], Thing]:
    return lambda world, call: world.get(call.names[0], kind, call.account)


def _open_account(world: World, call: Call) -> Thing:
    account = accounts.open_account(world, call.params)
    return accounts.show_account(world, account, call.params.get("include", []))


def _show_account(world: World, call: Call) -> Thing:
    accounts.require_access(world, call.names[0])
    account = world.get(call.names[0], "v2.core.account", PLATFORM)
    return accounts.show_account(world, account, call.params.get("include", []))


def _open_link(world: World, call: Call) -> Thing:
    return accounts.open_link(world, call.params, call.base_url)


PLATFORM_PLAYS = {
    "AccountService.create": _open_account,
    "AccountService.retrieve": _show_account,
    "AccountLinkService.create": _open_link,
}
"""Of API v2, about accounts; the name of the service is that of v1, too, whose accounts are not played."""
PLAYS = {
    "SessionService.create": _open_session,
    "SessionService.retrieve": _show_session,
    "SessionService.expire": _expire_session,
    "PaymentIntentService.create": _charge,
    "PaymentIntentService.retrieve": _get_intent,
    "PaymentIntentService.capture": _capture,
    "PaymentIntentService.cancel": _cancel,
    "RefundService.create": _refund,
    "RefundService.retrieve": _get("refund"),
    "RefundService.list": _list("refund", "payment_intent"),
    "CustomerService.create": _make_customer,
    "PaymentMethodService.attach": _attach,
    "PaymentMethodService.detach": _detach,
    "FileService.create": _upload,
    "DisputeService.retrieve": _show_dispute,
    "DisputeService.update": _answer_dispute,
    "DisputeService.close": _accept_dispute,
    "PayoutService.list": _list_payouts,
    "BalanceTransactionService.list": _list("balance_transaction"),
}


class Counter:
    """Takes calls over the counter: checks them as Stripe does, has them done, checks the answer.

    Attributes:
        calls: What was asked, in order: verb, path, account and key.
        refused_fields: Parameters that were refused for being unknown, missing or mistyped: ours to mend.
        faulty_answers: Answers that Stripe could not give: the stand-in's to mend.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.calls: list[tuple[str, str, str, str]] = []
        self.refused_fields: list[tuple[str, str]] = []
        self.faulty_answers: list[tuple[str, str]] = []

    def take(self, verb: str, target: str, headers: Mapping[str, str], body: bytes, base_url: str) -> Reply:
        """Answer one call; the names of ``headers`` are in small letters."""
        with self.world.lock:
            try:
                return self._take(verb, target, headers, body, base_url)
            except Refusal as refusal:
                return Reply(refusal.status, refusal.body, {"request-id": "req_standin"})
            finally:
                self.world.save()

    def _take(self, verb: str, target: str, headers: Mapping[str, str], body: bytes, base_url: str) -> Reply:
        parts = urlsplit(target)
        key, account = headers.get("idempotency-key", ""), headers.get("stripe-account", "")
        self.calls.append((verb, parts.path, account, key))
        self._check_caller(headers)
        route = find_route(verb, parts.path)
        is_v2 = parts.path.startswith("/v2/")
        play = (PLATFORM_PLAYS if is_v2 else PLAYS).get(route.name if route else "")
        if route is None or play is None:
            message = f"Unrecognized request URL ({verb}: {parts.path})"
            raise Refusal(message, status=404)
        params, files = _read_params(verb, parts.query, body, JSON if is_v2 else headers.get("content-type", ""))
        problems = list_problems(route, params)
        if problems:
            self.refused_fields += problems
            param, what = problems[0]
            message = f"{what}: {param}"
            raise Refusal(message, code=CODES.get(what.partition(":")[0]), param=param)
        if not is_v2:
            if not account:
                raise Refusal("Direct charges are made in an account: Stripe-Account is missing.", param="account")
            accounts.require_access(self.world, account)
        match = re.fullmatch(route.path, parts.path)
        names = tuple(match.groups()) if match else ()
        call = Call(account=account, params=params, names=names, base_url=base_url, files=files)
        if verb == "GET":
            return self._answer(call, play(self.world, call))
        if not key:
            raise Refusal("Calls that change something have a key of ours: Idempotency-Key is missing.")
        return self._do_once(f"{account} {key}", f"{parts.path} {json.dumps(params, sort_keys=True)}", call, play)

    def _do_once(self, key: str, content: str, call: Call, play: Callable[[World, Call], Thing]) -> Reply:
        digest = hashlib.sha256(content.encode()).hexdigest()
        seen, status, body, until = self.world.answers.get(key, ("", 0, {}, 0))
        if until > self.world.seconds():
            if seen != digest:
                message = (
                    "Keys for idempotent requests can only be used with the same parameters they were first used with."
                )
                raise Refusal(message, kind="idempotency_error")
            return Reply(status, body, {"idempotent-replayed": "true", "request-id": "req_again"})
        try:
            reply = self._answer(call, play(self.world, call))
        except Refusal as refusal:
            reply = Reply(refusal.status, refusal.body, {"request-id": "req_refused"})
        until = self.world.seconds() + KEYS_LAST
        self.world.answers[key] = (digest, reply.status, json.loads(json.dumps(reply.body)), until)
        return reply

    def _check_caller(self, headers: Mapping[str, str]) -> None:
        if not re.fullmatch(r"Bearer (sk|rk)_test_\w+", headers.get("authorization", "")):
            raise Refusal("Invalid API Key provided.", status=401)
        if headers.get("stripe-version") != API_VERSION:
            message = f"The stand-in speaks {API_VERSION} only, not {headers.get('stripe-version')}."
            raise Refusal(message, code="api_version_invalid")

    def _answer(self, call: Call, thing: Thing) -> Reply:
        body = json.loads(json.dumps(thing))
        for path in call.params.get("expand", []):
            _expand(self.world, body, path.split("."))
        self.faulty_answers += list_answer_problems(body)
        return Reply(200, body, {"request-id": "req_done"})


def _read_params(verb: str, query: str, body: bytes, kind: str) -> tuple[Thing, dict[str, disputes.Upload]]:
    if verb == "GET":
        return nest(parse_qsl(query, keep_blank_values=True)), {}
    if kind == JSON:
        found: Any = json.loads(body or b"{}")
        return found if isinstance(found, dict) else {}, {}
    if kind.startswith("multipart/form-data"):
        texts, files = read_parts(body, kind)
        digests = {name: hashlib.sha256(file.content).hexdigest() for name, file in files.items()}
        return nest([*texts, *digests.items()]), files
    return nest(parse_qsl(body.decode(), keep_blank_values=True)), {}


def read_parts(body: bytes, kind: str) -> tuple[list[tuple[str, str]], dict[str, disputes.Upload]]:
    """Return the texts and the files of a form in parts (RFC 7578)."""
    boundary = b"--" + kind.rpartition("boundary=")[2].strip('"').encode()
    texts: list[tuple[str, str]] = []
    files: dict[str, disputes.Upload] = {}
    for part in body.split(boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        named = dict(re.findall(r'(name|filename)="([^"]*)"', head.decode()))
        content = content.removesuffix(b"\r\n")
        if "filename" in named:
            files[named["name"]] = disputes.Upload(named["filename"], content)
        else:
            texts.append((named["name"], content.decode()))
    return texts, files


def _expand(world: World, thing: Any, path: list[str]) -> None:
    name, *rest = path
    if name == "data" and isinstance(thing.get(name), list):
        for each in thing[name]:
            _expand(world, each, rest)
        return
    if name not in thing or (name not in REFERENCES):
        message = f"This property cannot be expanded ({name})."
        raise Refusal(message, param="expand")
    if isinstance(thing[name], str):
        thing[name] = json.loads(json.dumps(world.things[thing[name]]))
    if rest and thing[name]:
        _expand(world, thing[name], rest)
