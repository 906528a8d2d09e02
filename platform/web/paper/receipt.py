"""The receipt of a booking: what its customer paid the business and what went back. It is no fiscal document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext, override

from billing.enums import LedgerKind
from billing.types import MovedMoney
from edge.language import find_tongue
from scheduling.types import BookingView
from tenants.types import TenantInfo
from web.formats import Formats, format_phone, get_formats, to_local
from web.paper.typesetting import choose_paper, make_printable, typeset

SOURCE = Path(__file__).parent / "receipt.typ"


def describe_moved(moved: MovedMoney) -> str:
    """Say what money was for and, unless it came, how it left, in the active language."""
    purpose = str(moved.purpose.label)
    if moved.is_taken:
        return f"{LedgerKind.DISPUTED.label} · {purpose}"
    if moved.is_credit:
        return f"{LedgerKind.CREDITED.label} · {purpose}"
    return f"{gettext('Sent back')} · {purpose}" if moved.is_refund else purpose


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says; ``moved`` is not empty."""

    tenant: TenantInfo
    booking: BookingView
    moved: Sequence[MovedMoney]

    def make_pdf(self, *, language: str) -> bytes:
        """Set it in ``es`` or ``en``; the same bytes, whenever it is asked for, until money moves again."""
        with override(find_tongue(language, self.tenant)):
            said = self._describe(get_formats(language, self.tenant.country), language)
        return typeset(SOURCE, name="receipt", said=said)

    def _describe(self, formats: Formats, language: str) -> dict[str, object]:
        tenant, booking = self.tenant, self.booking
        phone = booking.location_phone
        visit = formats.format_date_long(to_local(booking.starts_at, booking.timezone).date())
        facts = (
            (gettext("Reference"), booking.reference),
            (gettext("Customer"), booking.customer_name),
            (gettext("Service"), booking.service_name),
            (gettext("Visit"), f"{visit}, {formats.format_time(booking.starts_at, booking.timezone)}"),
        )
        return {
            "paper": choose_paper(tenant.country),
            "language": language,
            "title": f"{gettext('Payment receipt')} {booking.reference}",
            "heading": gettext("Payment receipt"),
            "name": make_printable(tenant.name),
            "address": make_printable(booking.location_address),
            "phone": format_phone(phone, tenant.country) if phone else "",
            "facts": [(name, make_printable(text)) for name, text in facts if text],
            "head": [gettext("Date"), gettext("What for"), gettext("Paid with"), gettext("Amount")],
            "lines": [self._describe_line(each, formats) for each in self.moved],
            "totals": self._add_up(formats),
            "note": gettext("This is a receipt, not a fiscal document."),
            "page": gettext("Page"),
        }

    def _describe_line(self, moved: MovedMoney, formats: Formats) -> list[str]:
        zone = self.tenant.timezone
        date = formats.format_date(to_local(moved.at, zone).date())
        return [
            f"{date}, {formats.format_time(moved.at, zone)}",
            describe_moved(moved),
            str(moved.method.label),
            formats.format_money(moved.amount_minor, moved.currency),
        ]

    def _add_up(self, formats: Formats) -> list[tuple[str, str]]:
        """Return what the business has of it, by currency: nearly always there is one."""
        sums = Counter[str]()
        for each in self.moved:
            sums[each.currency] += each.amount_minor
        amounts = {each: formats.format_money(sums[each], each) for each in sorted(sums)}
        return [
            (gettext("Paid in total"), amount if each in amount else f"{amount} {each}")  # "$" says not whose
            for each, amount in amounts.items()
        ]
