"""What can go wrong with records of customers, of what their visits are about, and of series."""

from __future__ import annotations

from kernel.errors import Conflict, NotFound
from kernel.text import mark


class SeriesNotFound(NotFound):
    """There is no such series."""

    code = "series_not_found"
    text = mark("This series does not exist.")


class CustomerKnown(Conflict):
    """Somebody of this name has one of these contacts already."""

    code = "customer_known"
    text = mark("A customer of this name with one of these contacts is here already.")


class CustomerChanged(Conflict):
    """Somebody changed the customer, or what their visits are about, since it was read."""

    code = "customer_changed"
    text = mark("Somebody changed this customer a moment ago. Look at them again before you change them.")


class AssetNotFound(NotFound):
    """There is no such asset (any more)."""

    code = "asset_not_found"
    text = mark("What this visit would be about does not exist.")


class AssetKnown(Conflict):
    """The customer has an asset that is told by the same already (a plate)."""

    code = "asset_known"
    text = mark("This customer has one with the same identification already.")


class ReadingLower(Conflict):
    """The meter shows less than it did: somebody mistyped, or it was replaced."""

    code = "reading_lower"
    text = mark("This is less than the last reading, %(before)s. Check it, or say that it is right all the same.")

    def __init__(self, *, before: int) -> None:
        super().__init__(before=before)
        self.before = before
