"""One walk from its seed: the business that it is about, and what was wrong when it came to rest."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any
from unittest.mock import patch

from django.db import transaction

from billing.gateway.doors.stripe_connect import client
from billing.services.cards.accounts import choose_when_silent
from devtools.drill.payments.shops import open_business, open_with_more
from devtools.drill.payments.till import OWNER, Guarded, Till
from devtools.drill.payments.walks import Walk
from devtools.stripe_server.server import StandIn
from scheduling.enums import Approval

STEPS = 30
TABLES = ((None, 100), (None, 40), (0, 100), (20 * 24 * 60, 50), (20 * 24 * 60, 100))
"""Until how many minutes before the visit all goes back, and how much of it is kept after that."""


def walk_once(
    seed: int,
    stand_in: StandIn,
    *,
    steps: int = STEPS,
    gives_credit: bool = False,
    leaves_card: bool = False,
    changes: bool = False,
    moves: bool = False,
) -> tuple[Counter[str], list[str]]:
    """Walk in the current business, undo everything, and return what happened and what was wrong at the end."""
    random = Random(seed)  # noqa: S311 - repeatable
    till = Till()
    till.stand_in = stand_in
    stand_in.world.now = stand_in.postman.now = till.now
    for kept in (stand_in.world.things, stand_in.world.owners, stand_in.world.private, stand_in.world.answers):
        kept.clear()
    with transaction.atomic(), patch.object(client, "connection", Guarded()):
        account_id = till.connect()
        free, part = random.choice(TABLES)
        terms: dict[str, Any] = {
            "refund_free_minutes": free,
            "refund_kept_percent": part,
            "is_deposit_on_card": leaves_card,
        }
        approval = random.choice((Approval.INSTANT, Approval.REQUEST))
        if changes:
            choose_when_silent(is_booking=random.random() < 0.5, by=OWNER, now=till.moment)  # noqa: PLR2004
            services = open_with_more(approval=approval, **terms)
        else:
            services = (open_business(approval=approval, **terms),)
        walk = Walk(
            random, till, services, account_id, gives_credit=gives_credit, leaves_card=leaves_card, changes=changes,
            moves=moves,
        )  # fmt: skip
        findings = walk.run(steps)
        transaction.set_rollback(True)
    return walk.done, [f"seed {seed}: {each}" for each in findings]
