"""Expected failures of decisions about many bookings."""

from __future__ import annotations

from kernel.errors import Conflict, NotFound
from kernel.text import mark


class BulkActNotFound(NotFound):
    """There is no such decision."""

    code = "bulk_act_not_found"
    text = mark("This does not exist.")


class BulkActBusy(Conflict):
    """It is being worked on."""

    code = "bulk_act_busy"
    text = mark("This is still being worked on. Wait until it is done.")


class BulkActOver(Conflict):
    """It can no longer be undone."""

    code = "bulk_act_over"
    text = mark("This can no longer be undone: customers have made their plans by it. Change single bookings instead.")


class NothingChosen(Conflict):
    """There is no booking about which anything was decided."""

    code = "nothing_chosen"
    text = mark("There is nothing to do: no appointment is left in this time.")
