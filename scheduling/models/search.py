"""What bookings and customers are found by."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from scheduling.models.booking import Booking
from scheduling.models.customer import Customer


class BookingSearch(models.Model):
    """The keys of one booking (`kernel.identity.search`), and its start, by which results are ordered.

    A table of its own: boards read no keys, and a change of a booking that is no change of its words leaves
    the index alone. Only the service that writes bookings fills it (``services.writing.search``).
    """

    booking = models.OneToOneField(Booking, on_delete=models.CASCADE, primary_key=True, related_name="search")
    starts_at = models.DateTimeField()
    keys = ArrayField(models.IntegerField())

    class Meta:
        """Found by any key. Entries go in at once: whoever looks next, or books next, pays for no backlog."""

        indexes: ClassVar = [GinIndex(fields=["keys"], name="scheduling_search_keys", fastupdate=False)]

    def __str__(self) -> str:
        """Return the number of keys."""
        return str(len(self.keys))


class CustomerSearch(models.Model):
    """The keys of one customer: name, contacts, and what their visits are about, by its label and its plate.

    What a booking adds is joined to what is there, in the booking's own statement; a change of the record itself
    counts the keys anew (``services.writing.search``). The number is no key: it is looked for as it is.
    """

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, primary_key=True, related_name="search")
    keys = ArrayField(models.IntegerField())

    class Meta:
        """Found by any key, as bookings are."""

        indexes: ClassVar = [GinIndex(fields=["keys"], name="scheduling_customer_keys", fastupdate=False)]

    def __str__(self) -> str:
        """Return the number of keys."""
        return str(len(self.keys))
