"""Several people who answer a dispute at once, and workers that send at once: one answer, sent once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import stripe
from django.db import connection

from billing.errors import DisputeAnswered
from billing.models import Dispute, DisputeAnswer
from billing.services.cards.answering import accept_dispute, answer_dispute, send_answer, stamp_case
from billing.types import CaseFile
from devtools.stripe_server.server import API_KEY, NOTICE_SECRET, SECRET, StandIn
from kernel.errors import Unavailable
from tenants.context import tenant_scope
from tenants.errors import RetryLater
from tests.factories.cards import Till, book_with_deposit
from tests.factories.scheduling import STAFF

MANY = 6
CASE = CaseFile(
    paper=b"%PDF-1.7 evidence", pages=2, customer_name="Ana Pérez", customer_email="ana@example.com",
    service="Afinación", served_on="5 de enero", refund_terms="Sin devolución", cancel_terms="Hasta un día antes",
)  # fmt: skip


def test_dispute_that_many_answer_and_many_workers_send_has_one_answer(scratch_tenant, settings, monkeypatch):
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.01)
    till = Till()
    with StandIn(now=till.now) as stand_in:
        till.stand_in = stand_in
        settings.STRIPE_KEY, settings.STRIPE_URL = API_KEY, stand_in.url
        settings.STRIPE_WEBHOOK_SECRETS, settings.STRIPE_NOTICE_SECRETS = (SECRET,), (NOTICE_SECRET,)
        with tenant_scope(scratch_tenant):
            till.connect()
            stand_in.pay(till.start(book_with_deposit(till)), "createDispute")
            till.post_all()
            till.work()
            dispute = Dispute.objects.get()
        theirs = next(each for each in stand_in.world.things.values() if each["object"] == "dispute")
        ready = Barrier(MANY)

        def answer(number: int) -> str:
            ready.wait(20)
            ids = {"payment_id": dispute.payment_id, "dispute_id": dispute.pk, "now": till.moment, "by": STAFF}
            try:
                with tenant_scope(scratch_tenant):
                    if number % 2:
                        accept_dispute(**ids)
                        return "accepted"
                    answer_dispute(case=CASE, text="Vino.", seen=stamp_case(CASE), **ids)
                    return "answered"
            except DisputeAnswered:
                return "late"
            finally:
                connection.close()

        def send(_: int) -> None:
            ready.wait(20)
            try:
                with tenant_scope(scratch_tenant):
                    send_answer(DisputeAnswer.objects.get().pk, till.moment)
            except (RetryLater, Unavailable):
                pass  # another one is sending
            finally:
                connection.close()

        with ThreadPoolExecutor(MANY) as pool:
            outcomes = sorted(pool.map(answer, range(MANY)))
            list(pool.map(send, range(MANY)))
        with tenant_scope(scratch_tenant):
            till.work()
            (row,) = DisputeAnswer.objects.all()
        assert outcomes == sorted(["answered" if row.kind == "evidence" else "accepted", *["late"] * (MANY - 1)])
        assert row.state == "sent"
        assert theirs["evidence_details"]["submission_count"] == (1 if row.kind == "evidence" else 0)
