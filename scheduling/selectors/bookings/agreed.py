"""What is agreed about money in advance, in words for its customer."""

from __future__ import annotations

from django.utils.translation import gettext

from kernel.formats import Formats
from scheduling.types import AgreedPolicy
from scheduling.types.policies import find_withdrawal_period
from tenants.context import current_tenant

WHOLE_PERCENT = 100


def describe_refunds(agreed: AgreedPolicy, formats: Formats) -> tuple[str, ...]:
    """Return what goes back of a deposit and when, in sentences; in Spanish they address nobody (no tú, no usted).

    Of one for which a card is left: what is charged to it.
    """
    if agreed.is_on_card:
        return (*_describe_charges(agreed, formats), gettext("If the business cancels, nothing is charged."))
    theirs = _describe_fee() if agreed.is_deposit_fee else _describe_table(agreed, formats)
    return (*theirs, gettext("If the business cancels, all of it is refunded."))


def _describe_fee() -> tuple[str, ...]:
    fee = gettext("The deposit counts toward the price and is not refunded.")
    days = find_withdrawal_period(current_tenant().country).days
    withdrawal = gettext("Whoever withdraws within %(days)s days of booking, and before the visit, gets it back.")
    return (fee, withdrawal % {"days": days}) if days else (fee,)


def _describe_table(agreed: AgreedPolicy, formats: Formats) -> tuple[str, ...]:
    free, kept = agreed.free_minutes, agreed.refund_kept_percent
    if free == 0 or kept == 0:
        canceled = [gettext("If it is canceled before it starts, all of the deposit is refunded.")]
    else:
        first = gettext("If it is canceled up to %(span)s before, all of the deposit is refunded.")
        then = gettext("After that, nothing is refunded.")
        if kept < WHOLE_PERCENT:
            then = gettext("After that, %(percent)s is refunded.") % {"percent": f"{WHOLE_PERCENT - kept}\xa0%"}
        canceled = [first % {"span": formats.format_span(free)}, then]
    return (*canceled, _describe_no_show(agreed.refund_no_show_percent))


def _describe_charges(agreed: AgreedPolicy, formats: Formats) -> tuple[str, ...]:
    free, kept, missed = agreed.free_minutes, agreed.refund_kept_percent, agreed.refund_no_show_percent
    if free == 0 or kept == 0:
        canceled = [gettext("If it is canceled before it starts, nothing is charged.")]
    else:
        first = gettext("If it is canceled up to %(span)s before, nothing is charged.")
        then = gettext("After that, %(percent)s of the deposit is charged.") % {"percent": f"{kept}\xa0%"}
        canceled = [first % {"span": formats.format_span(free)}, then]
    charged = gettext("If nobody comes, %(percent)s of the deposit is charged.") % {"percent": f"{missed}\xa0%"}
    return (*canceled, charged) if missed else tuple(canceled)


def _describe_no_show(kept: int) -> str:
    if kept == WHOLE_PERCENT:
        return gettext("If nobody comes, nothing is refunded.")
    percent = f"{WHOLE_PERCENT - kept}\xa0%"
    return gettext("If nobody comes, %(percent)s is refunded.") % {"percent": percent}
