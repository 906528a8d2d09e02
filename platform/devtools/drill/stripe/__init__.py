"""``./dev drill stripe``: the same scenarios against the stand-in, and against Stripe when there is a test key.

What only the stand-in can do, pay on the page or break the line between charge and answer, is played there alone. With
``STRIPE_TEST_KEY`` the other scenarios run at Stripe as well, in a connected account of test mode that takes cards
(``--account acct_…``): what differs there is a fault of the stand-in, or of us.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from config.environment import read_environment, set_default
from devtools.bench.settings import set_up_django
from devtools.terminal import complain, say

STRIPE_URL = "https://api.stripe.com"


def run(argv: Sequence[str]) -> int:
    """Play every scenario and print how each ended; 1 when one did not end as it should."""
    parser = argparse.ArgumentParser(prog="./dev drill stripe")
    parser.add_argument("--account", default="", help="of a business, in test mode; needed with STRIPE_TEST_KEY")
    options = parser.parse_args(argv)
    key = read_environment().stripe_test_key
    if key and not options.account:
        complain("STRIPE_TEST_KEY is set: name an account in test mode that takes cards with --account acct_…")
        return 1
    set_default("DJANGO_SETTINGS_MODULE", "config.settings.development")
    set_up_django()
    faults = _play_stand_in()
    if key:
        faults += _play_stripe(key, options.account)
    else:
        say("Stripe itself was not asked: STRIPE_TEST_KEY is not set")
    return 1 if faults else 0


def _play_stand_in() -> int:
    from devtools.drill.stripe.scenarios import SCENARIOS, play  # noqa: PLC0415 - Django's apps come first
    from devtools.drill.stripe.site import Site  # noqa: PLC0415
    from devtools.stripe_server.server import API_KEY, StandIn  # noqa: PLC0415

    with StandIn() as stand_in, _hurried():
        site = Site.make(url=stand_in.url, key=API_KEY, account=stand_in.open_account(), stand_in=stand_in)
        ended = [play(scenario, site) for scenario in SCENARIOS]
        unknown = len(stand_in.counter.refused_fields)
        wrong = len(stand_in.counter.faulty_answers) + len(stand_in.postman.faulty)
        say(f"stand-in: {len(ended)} scenarios, {ended.count(False)} failed; {len(stand_in.counter.calls)} calls,")
        say(f"          {unknown} unknown or mistyped fields sent, {wrong} answers that Stripe could not give")
    return ended.count(False) + unknown + wrong


def _play_stripe(key: str, account: str) -> int:
    from devtools.drill.stripe.scenarios import SCENARIOS, play  # noqa: PLC0415 - Django's apps come first
    from devtools.drill.stripe.site import Site  # noqa: PLC0415

    site = Site.make(url=STRIPE_URL, key=key, account=account, stand_in=None)
    ended = [play(scenario, site) for scenario in SCENARIOS if not scenario.needs_stand_in]
    say(f"Stripe:   {len(ended)} scenarios, {ended.count(False)} failed")
    return ended.count(False)


@contextmanager
def _hurried() -> Iterator[None]:
    """Repeat calls to the stand-in at once: it is never busy."""
    from billing.gateway.doors.stripe_connect.client import Carrier  # noqa: PLC0415 - Django's apps come first

    waiting = Carrier._sleep_time_seconds  # noqa: SLF001 - the SDK has no setting for it
    Carrier._sleep_time_seconds = lambda *_: 0.0  # type: ignore[method-assign]  # noqa: SLF001
    try:
        yield
    finally:
        Carrier._sleep_time_seconds = waiting  # type: ignore[method-assign]  # noqa: SLF001
