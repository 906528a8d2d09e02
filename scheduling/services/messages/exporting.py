"""What of bookings, customers and catalog is in the export of a business: all of it, but what opens a booking."""

from __future__ import annotations

from scheduling.selectors import sheets
from scheduling.services.messages import deposits, managers, reminders
from tenants.context import current_tenant
from tenants.hooks import ExportRule, register_export_rules, register_exported_work, register_sheet

EXPORT_RULES = (
    # Derived anew, both: `relinking` beside it; a hold's ends with its page.
    ExportRule("scheduling.Booking", without={"token_hash": "''", "hold_token_hash": "''"}),
    # Named by a booking, or gone within a day: the run that sent it goes on at no other business.
    ExportRule("scheduling.VisitPhoto", without={"run_hash": "r.id::text"}),
    # Derived anew with the next offer.
    ExportRule("scheduling.WaitlistEntry", without={"token_hash": "''", "offer_token_hash": "''"}),
    ExportRule("scheduling.FormerLink", left_out="links of before open nothing at a business that was imported"),
    ExportRule("scheduling.CalendarFeed", left_out="each opens somebody's calendar; new links are made in a moment"),
    ExportRule("scheduling.VisitsLink", left_out="they open a person's visits, and end within a day"),
)


def register() -> None:
    """Keep the columns out of exports, let reminders go on after an import, and offer tables for people."""
    register_export_rules(EXPORT_RULES)
    register_exported_work([deposits.DUE_KIND, managers.DUE_KIND, reminders.DUE_KIND])
    register_sheet("bookings", sheets.list_bookings)
    register_sheet("customers", sheets.list_customers)
    register_sheet("services", lambda: sheets.list_services(current_tenant().currency))
    register_sheet("team", sheets.list_team)
