"""Customers, how to reach them, what they agreed to, and what their visits are about."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from audit.history import keep_history
from kernel.identity.keys import LONGEST_KEY
from scheduling.enums import BookingLevel, BookingSource, ConsentPurpose, ContactKind, CustomerKind
from scheduling.models.allocation import LaneRange

LONGEST_MARK = LONGEST_KEY + 64
"""A key after the keys of the asset's type and of the field."""
CHANGED_CONSENTS = frozenset({"withdrawn_at", "customer_id", "customer", "booking", "booking_id", "contact"})
"""Columns of a consent that change: how it ends, and whose it is."""


NUMBER_SEQUENCE = "scheduling_customer_number"


class NextNumber(Func):
    """The next number of a customer of this business: its schema has a sequence of its own."""

    function = "nextval"
    template = "%(function)s(%(expressions)s::regclass)"
    output_field = models.BigIntegerField()

    def __init__(self) -> None:
        super().__init__(Value(NUMBER_SEQUENCE, output_field=models.TextField()))


class OwnRecords(models.Manager["Customer"]):
    """All customers but those whose record was merged into another one: nobody finds, counts or books for these."""

    def get_queryset(self) -> models.QuerySet[Customer]:
        """Leave merged records out."""
        return super().get_queryset().filter(merged_into=None)


class Customer(models.Model):
    """A person (or company) that books; ``name_key`` is what the name is compared by.

    ``number`` is how people call the record on paper and on the phone; it is never given twice. A number may be
    left out where a booking was not made after all: no booking waits for another one's number.
    ``level_reason`` says to staff why the level is not the normal one.

    ``merged_into``: two records stood for one person, and the other one goes on. Whatever belonged to this one belongs
    to that one (`CustomerMerge`); ``objects`` does not know it any more, ``with_merged`` does.
    """

    number = models.BigIntegerField(unique=True, editable=False, db_default=NextNumber())
    kind = models.CharField(
        max_length=8, choices=CustomerKind.choices, default=CustomerKind.PERSON, db_default=CustomerKind.PERSON
    )
    tax_id = models.CharField(max_length=32, blank=True, default="", db_default="")
    booking_level = models.CharField(
        max_length=12, choices=BookingLevel.choices, default=BookingLevel.NORMAL, db_default=BookingLevel.NORMAL
    )
    level_reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=LONGEST_KEY, default="", db_default="")
    locale = models.CharField(max_length=8, default="es")
    notes = models.TextField(blank=True, default="")
    tags = models.JSONField(default=list, blank=True)
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="merged", db_index=False
    )

    objects = OwnRecords()
    with_merged: ClassVar[models.Manager[Customer]] = models.Manager()

    history = keep_history(excluded_fields=("name_key", "number", "merged_into"))

    class Meta:
        """Only what the lists name; whose level is lowered, for a reason."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=CustomerKind.values), name="scheduling_customer_kind"),
            models.CheckConstraint(
                condition=Q(booking_level=BookingLevel.NORMAL)
                | (Q(booking_level__in=BookingLevel.values) & ~Q(level_reason="")),
                name="scheduling_customer_level",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="scheduling_customer_merged"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["name_key", "id"], condition=Q(erased_at=None), name="scheduling_customer_names"),
            models.Index(
                fields=["name_key", "id"], condition=~Q(booking_level="normal"), name="scheduling_customer_levels"
            ),
            models.Index(fields=["name_key", "id"], condition=~Q(tags=[]), name="scheduling_customer_tagged"),
            models.Index(
                fields=["merged_into"], condition=Q(merged_into__isnull=False), name="scheduling_customer_merged_in"
            ),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Contact(models.Model):
    """A phone number (E.164) or e-mail (lower case); several customers may share one."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts", db_index=False)
    kind = models.CharField(max_length=8, choices=ContactKind.choices)
    value = models.CharField(max_length=254)
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Once for each customer."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "kind", "value"], name="scheduling_contact_once"),
            models.CheckConstraint(condition=models.Q(kind__in=ContactKind.values), name="scheduling_contact_kind"),
        ]
        indexes: ClassVar = [models.Index(fields=["value", "kind"], name="scheduling_contact_value")]

    def __str__(self) -> str:
        """Return the value."""
        return self.value


class ConsentRows(models.QuerySet["Consent"]):
    """Rows that are read and added; tenants' schemas have no triggers that could see to it (decision 11)."""

    def update(self, **values: Any) -> int:
        """Let a consent end, or follow a record that goes on or a person who is erased: no proof is written anew.

        Raises:
            TypeError: Something else would change.
        """
        if not values.keys() <= CHANGED_CONSENTS or values.get("contact"):
            raise TypeError("the ledger of consents is append-only")
        rows = self.filter(withdrawn_at=None) if "withdrawn_at" in values else self
        return models.QuerySet.update(rows, **values)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse: what was agreed to ends, it never goes.

        Raises:
            TypeError: Always; what was never agreed to, `take_back` removes.
        """
        raise TypeError("the ledger of consents is append-only")

    def erase_words(self) -> int:
        """Take what staff and programs wrote down in words: it may say who it was. What pages showed, stays."""
        written = self.exclude(user_id=None) | self.filter(source=BookingSource.API, proof__has_key="words")
        return models.QuerySet.update(written, proof={})

    def take_back(self) -> int:
        """Remove what an import brought that is undone: nobody agreed to it here."""
        return super().delete()[0]


class Consent(models.Model):
    """One answer of a person: to what, with which text, when, from where; and until when a yes held.

    A no is a row that ended as it began. ``contact`` is whose messages it is about, as `VisitsLink` has it; empty: it
    speaks for none, since whoever booked had not shown that it is theirs, or it is of before that was kept, or the
    person was erased. ``user_id``: who of the staff wrote it down; None: nobody.
    Rows are only added (`ConsentRows`).
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    booking = models.ForeignKey(
        "scheduling.Booking", on_delete=models.SET_NULL, null=True, blank=True, related_name="consents"
    )
    purpose = models.CharField(max_length=24, choices=ConsentPurpose.choices)
    channel = models.CharField(max_length=16, blank=True, default="")
    contact = models.CharField(max_length=254, blank=True, default="", db_default="")
    text_version = models.CharField(max_length=32, blank=True, default="")
    language = models.CharField(max_length=8, blank=True, default="", db_default="")
    user_id = models.BigIntegerField(null=True, blank=True)
    source = models.CharField(max_length=16, blank=True, default="")
    proof = models.JSONField(default=dict, blank=True)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentRows.as_manager()

    class Meta:
        """A consent cannot be withdrawn before it was given."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) | models.Q(withdrawn_at__gte=models.F("given_at")),
                name="scheduling_consent_withdrawal",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["contact", "purpose"], name="scheduling_consent_contact", condition=~Q(contact="")),
        ]

    def __str__(self) -> str:
        """Return the purpose."""
        return self.purpose

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row.

        Raises:
            TypeError: It is there already.
        """
        if not self._state.adding:
            raise TypeError("the ledger of consents is append-only")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: what was agreed to ends, it never goes.

        Raises:
            TypeError: Always.
        """
        raise TypeError("the ledger of consents is append-only")


class Asset(models.Model):
    """What a visit is about (a vehicle, a pet); the vertical names and checks its ``data``.

    ``identifier`` is the value of the identifying field (a plate), in upper case; ``label_key`` is what
    the label is compared by. What is archived is offered no more; its history stays.
    """

    owner = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="assets")
    type_key = models.CharField(max_length=32)
    label = models.CharField(max_length=160, blank=True, default="")
    label_key = models.CharField(max_length=LONGEST_KEY, blank=True, default="", db_default="")
    identifier = models.CharField(max_length=64, blank=True, default="")
    data = models.JSONField(default=dict, blank=True)
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """Return the label."""
        return self.label


class DayRange(Func):
    """Two days as a half-open range; None is without an end."""

    function = "DATERANGE"
    output_field = DateRangeField()


class AssetOwner(models.Model):
    """Who had an asset from one local day until before another one; written when it first changes hands.

    None: since or until nobody knows when. An asset without rows was always its ``owner``'s; of an asset with rows
    the owner has the one without an end.
    """

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="owners", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="had")
    from_on = models.DateField(null=True, blank=True)
    until_on = models.DateField(null=True, blank=True)
    written_at = models.DateTimeField()
    written_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        """Never two at a time."""

        constraints: ClassVar = [
            ExclusionConstraint(
                name="scheduling_one_owner",
                expressions=[
                    (LaneRange(F("asset"), F("asset"), Value("[]")), RangeOperators.OVERLAPS),
                    (DayRange(F("from_on"), F("until_on")), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(from_on=None) | Q(until_on=None) | Q(until_on__gt=F("from_on")),
                name="scheduling_owner_ends",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["asset", "from_on"], name="scheduling_owner_log")]

    def __str__(self) -> str:
        """Return who had what."""
        return f"{self.customer_id} had {self.asset_id}"


class AssetDue(models.Model):
    """What is due of an asset when its meter shows so much, or on a local day, whichever comes first.

    Empty ``what``: its next service. What is done or was a mistake has ``done_at``.
    """

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="dues", db_index=False)
    what = models.CharField(max_length=120, blank=True, default="")
    at_meter = models.PositiveBigIntegerField(null=True, blank=True)
    on = models.DateField(null=True, blank=True)
    written_at = models.DateTimeField()
    written_by_id = models.BigIntegerField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """By a meter or by a day."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(at_meter__isnull=False) | Q(on__isnull=False), name="scheduling_due_when"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["asset"], condition=Q(done_at=None), name="scheduling_due_open"),
        ]

    def __str__(self) -> str:
        """Return what is due."""
        return self.what


class AssetReading(models.Model):
    """What the meter of an asset (its mileage) showed at a visit, as it was told when that was booked.

    ``unit`` is the vertical's word for it. A reading is never changed: a lower one later tells that somebody
    mistyped, or that the meter was replaced.
    """

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="readings", db_index=False)
    booking = models.ForeignKey(
        "scheduling.Booking", on_delete=models.SET_NULL, null=True, blank=True, related_name="readings"
    )
    value = models.PositiveBigIntegerField()
    unit = models.CharField(max_length=8)
    read_at = models.DateTimeField()

    class Meta:
        """The log of one asset by time."""

        indexes: ClassVar = [models.Index(fields=["asset", "read_at"], name="scheduling_reading_log")]

    def __str__(self) -> str:
        """Return value and unit."""
        return f"{self.value} {self.unit}"


class AssetMark(models.Model):
    """What one asset is told by (its plate, its VIN), as it is compared; a customer has each once."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="marks")
    owner = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    mark = models.CharField(max_length=LONGEST_MARK)

    class Meta:
        """One vehicle of a customer has a plate, however it was typed."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "mark"], name="scheduling_mark_once")]

    def __str__(self) -> str:
        """Return the mark."""
        return self.mark


class CustomerMerge(models.Model):
    """Two records that became one, and what it takes to part them again.

    ``moved`` has the ids of the rows that went from ``gone`` to ``kept``, by what they are. ``before`` and ``after``
    have what the merge changed in the record that goes on, by column: who parts them takes back what still stands there
    as the merge wrote it.
    """

    kept = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merges")
    gone = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merges_into", db_index=False)
    moved = models.JSONField(default=dict, blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    merged_at = models.DateTimeField()
    merged_by_id = models.BigIntegerField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        """A record goes into one other at a time, and never into itself."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="scheduling_merge_two"),
            models.UniqueConstraint(fields=["gone"], condition=Q(undone_at=None), name="scheduling_merge_once"),
            models.CheckConstraint(
                condition=Q(undone_at=None) | Q(undone_at__gte=F("merged_at")), name="scheduling_merge_undone"
            ),
        ]

    def __str__(self) -> str:
        """Return which records."""
        return f"{self.gone_id} into {self.kept_id}"


class DistinctPair(models.Model):
    """Two customers of whom somebody said that they are two people: nobody is asked again."""

    first = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    said_at = models.DateTimeField()
    said_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        """Said once, the older record first."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second"], name="scheduling_distinct_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="scheduling_distinct_order"),
        ]

    def __str__(self) -> str:
        """Return which two."""
        return f"{self.first_id} and {self.second_id}"
