"""What can go wrong with records of customers, of what their visits are about, and of series."""

from __future__ import annotations

from kernel.errors import Conflict, NotFound
from kernel.text import mark


class SeriesNotFound(NotFound):
    """There is no such series."""

    code = "series_not_found"
    text = mark("This series does not exist.")


class ConsentLinkUnknown(NotFound):
    """The link to what somebody agreed to is none of ours."""

    code = "consent_link_unknown"
    text = mark("This link is not valid. Take the one of your last message.")


class ConsentContactUnknown(Conflict):
    """Nobody here has the contact about whose messages somebody says something."""

    code = "consent_contact_unknown"
    text = mark("Nothing is kept about this contact here, so no message goes there.")


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


class AssetOwned(Conflict):
    """It belongs to this customer already."""

    code = "asset_owned"
    text = mark("It belongs to this customer already.")


class AssetMoved(Conflict):
    """Somebody gave it to somebody else since it was read."""

    code = "asset_moved"
    text = mark("Somebody changed whose this is a moment ago. Look at it again first.")


class AssetSample(Conflict):
    """Samples belong to samples, and what is real to somebody real."""

    code = "asset_sample"
    text = mark("One of these two is a sample. Samples go when you remove them.")


class DueNotFound(NotFound):
    """Nothing of the kind is noted as due."""

    code = "due_not_found"
    text = mark("This is not noted any more.")


class ReadingLower(Conflict):
    """The meter shows less than it did: somebody mistyped, or it was replaced."""

    code = "reading_lower"
    text = mark("This is less than the last reading, %(before)s. Check it, or say that it is right all the same.")

    def __init__(self, *, before: int) -> None:
        super().__init__(before=before)
        self.before = before


class CustomersAlike(Conflict):
    """A record cannot be merged with itself."""

    code = "same_customer"
    text = mark("This is one and the same record: choose two.")


class SampleMerged(Conflict):
    """One of the records is a sample, the other one somebody real."""

    code = "sample_merged"
    text = mark("One of these two is a sample. Samples go when you remove them; they are merged with nobody.")


class MergeChanged(Conflict):
    """One of the records changed since both were shown side by side."""

    code = "merge_changed"
    text = mark("Somebody changed one of these two a moment ago. Look at both again before you merge them.")


class MergeNotFound(NotFound):
    """There is no such merge, or one of the two was erased."""

    code = "merge_not_found"
    text = mark("These two records were not merged, or one of them was erased.")


class MergeUndone(Conflict):
    """The two records are apart already."""

    code = "merge_undone"
    text = mark("These two records are apart again already.")


class MergeTooOld(Conflict):
    """It was merged too long ago."""

    code = "merge_too_old"
    text = mark("Records can be parted for 30 days after they were merged. That time is over.")


class MergedFurther(Conflict):
    """The record that goes on was itself merged into another one since."""

    code = "merged_further"
    text = mark("This record was merged into another one since. Part those two first.")
