"""The parts of the drill, each in a business and with a stand-in of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.test.utils import override_settings

from devtools.drill.payments.crowd import Crowd, serve_crowd
from devtools.drill.payments.deaths import kill_everywhere
from devtools.drill.payments.scan import Scan, scan_for_cards
from devtools.drill.payments.seeds import walk_once
from devtools.scratch.tenant import temporary_tenant
from devtools.stripe_server.server import API_KEY, NOTICE_SECRET, SECRET, StandIn
from tenants.jobs import call_in_tenant

CHANGING = 4
"""Of eight walks the last four are of visits that change."""


@contextmanager
def _till() -> Iterator[tuple[str, StandIn]]:
    """Open a business and a stand-in that the drill is connected to; yield the business's schema and the stand-in."""
    with temporary_tenant("pays") as tenant, StandIn() as stand_in, override_settings(
        STRIPE_KEY=API_KEY, STRIPE_URL=stand_in.url, STRIPE_WEBHOOK_SECRETS=(SECRET,),
        STRIPE_NOTICE_SECRETS=(NOTICE_SECRET,),
    ), patch("stripe.HTTPClient.INITIAL_DELAY", 0.01):  # fmt: skip
        yield tenant.schema_name, stand_in


def walk_in_scratch(seeds: Iterable[int]) -> tuple[Counter[str], list[str]]:
    """Do a walk for each seed; return what happened, and what was wrong."""
    with _till() as (schema_name, stand_in):
        return call_in_tenant(schema_name, _walk_all, seeds, stand_in)


def serve_crowd_in_scratch() -> Crowd:
    """Let the crowd of `crowd` come to a business of its own."""
    with _till() as (schema_name, stand_in):
        return call_in_tenant(schema_name, serve_crowd, stand_in)


def kill_in_scratch(count: int) -> list[str]:
    """Kill processes at each point of `deaths`; return what is wrong."""
    with _till() as (schema_name, stand_in):
        return call_in_tenant(schema_name, kill_everywhere, stand_in, count)


def scan_in_scratch() -> Scan:
    """Let customers pay with every card of the stand-in, and look for card numbers everywhere."""
    with _till() as (schema_name, stand_in):
        return call_in_tenant(schema_name, scan_for_cards, stand_in)


def _walk_all(seeds: Iterable[int], stand_in: StandIn) -> tuple[Counter[str], list[str]]:
    done, findings = Counter[str](), list[str]()
    for seed in seeds:
        happened, wrong = walk_once(
            seed, stand_in, gives_credit=seed % 2 == 0, leaves_card=seed % 4 == 1, changes=seed % 8 >= CHANGING,
            moves=seed % 3 == 0,
        )  # fmt: skip
        done += happened
        findings += wrong
    return done, findings
