"""The card provider does not answer while somebody wants to pay, for minutes or for hours.

The place is kept, and the provider is tried again every quarter of an hour. Once it answers the customer gets the link
to pay once more. Where the business would rather have the visit than its deposit, a visit takes place without it as
soon as the provider was silent for a quarter of an hour. Bookings that need no money go on in any case.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from django.db.models import Min, QuerySet
from django.utils import translation
from django.utils.translation import gettext

from billing.enums import ADVANCE, CardState, PaymentDoor, PaymentState
from billing.errors import CardNotConnected, PaymentNotFound, PaymentStepRefused
from billing.models import Payment
from billing.selectors.accounts import get_card_account
from billing.services.cards.accounts import refresh_card_account
from billing.services.movements import LANE
from billing.services.payments import waive_deposit
from database.transactions import write_transaction
from kernel.errors import Forbidden, Unavailable
from scheduling.errors import BookingNotFound, HoldExpired, TransitionRefused
from scheduling.services.bookings.payments import keep_while_paying
from scheduling.services.messages.deposits import remind_again
from scheduling.types import SYSTEM
from tenants.context import current_tenant
from tenants.errors import RetryLater
from tenants.hooks import register_due_handler
from tenants.services.due_work import add_due_work

SILENCE_KIND = "card_silence"
AGAIN = timedelta(minutes=15)
KEPT = timedelta(minutes=45)
"""From each look a place is kept so long: the next look comes before."""
LONGEST = timedelta(days=1)
"""So long after its customer first found nobody a place is kept no more."""


def register() -> None:
    """Do the due work that silence leaves."""
    register_due_handler(SILENCE_KIND, look_again)


@write_transaction()
def stand_by(booking_id: int, *, now: datetime) -> None:
    """Keep the place of a booking whose customer could not be led to the provider, and look again. Call it again.

    The next look comes when it was to come: whoever taps again does not put it off.
    """
    is_new = _find_since(booking_id) is None
    if is_new:
        _list_unopened(booking_id).update(silent_since=now)
    if _keep(booking_id, now=now) and is_new:
        add_due_work(kind=SILENCE_KIND, row_id=booking_id, due_at=now + AGAIN, now=now, lane=LANE)


def look_again(booking_id: int, now: datetime) -> None:
    """See whether the provider answers by now; the handler of due work. Again changes nothing.

    Raises:
        RetryLater: It does not, and the place is kept.
    """
    if not _list_unopened(booking_id).exists():  # canceled, paid another way, or its page is open by now
        return
    try:
        state = refresh_card_account(now=now)
    except CardNotConnected:
        return
    except Unavailable as error:
        if get_card_account().books_when_silent:
            _book_without(booking_id, now=now)
            return
        if not _keep(booking_id, now=now):
            return
        raise RetryLater(at=now + AGAIN) from error
    is_kept = state == CardState.ACTIVE and _keep(booking_id, now=now)
    Payment.objects.filter(booking_id=booking_id).update(silent_since=None)
    if is_kept:
        remind_again(booking_id, now)


def _keep(booking_id: int, *, now: datetime) -> bool:
    since = _find_since(booking_id)
    if since is None or since + LONGEST < now:
        return False
    try:
        return keep_while_paying(booking_id=booking_id, until=now + KEPT, now=now)
    except Forbidden:
        return False


def _find_since(booking_id: int) -> datetime | None:
    """Return since when the provider does not answer to the customer of a booking."""
    since: datetime | None = Payment.objects.filter(booking_id=booking_id).aggregate(at=Min("silent_since"))["at"]
    return since


def _list_unopened(booking_id: int) -> QuerySet[Payment]:
    live = Payment.objects.filter(booking_id=booking_id, purpose__in=ADVANCE, door=PaymentDoor.STRIPE)
    return live.filter(state=PaymentState.OPEN, provider_started_id="")


def _book_without(booking_id: int, *, now: datetime) -> None:
    with translation.override(current_tenant().locale):
        reason = gettext("The card company did not answer.")
    gone = (BookingNotFound, PaymentNotFound, PaymentStepRefused, TransitionRefused, HoldExpired, Forbidden)
    with suppress(*gone):  # somebody was faster
        waive_deposit(booking_id=booking_id, now=now, by=SYSTEM, reason=reason)
