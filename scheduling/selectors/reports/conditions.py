"""What reports of money ask of bookings, as parts of a query of the room that has the money.

A part names the column that holds the id of a booking (``"booking_id"``, ``"payment__booking_id"``). It is run by the
query that it becomes part of, hence in the schema that this reads, and no row comes into memory for it. Tests are
nobody's money, as in `facts`.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from scheduling.models import Allocation, Booking, BookingLine, Resource, Service


def has_service(column: str, service_id: int) -> Exists:
    """Tell whether the first service of a booking is this one."""
    return Exists(Booking.objects.filter(pk=OuterRef(column), service_id=service_id))


def has_person(column: str, resource_id: int) -> Exists:
    """Tell whether the customer of a booking meets a person; of one that is over: would have met last."""
    people = _list_people()
    met = people.filter(resource_id=resource_id)
    is_met = Exists(met.filter(is_active=True)) | (Exists(met) & ~Exists(people.filter(is_active=True)))
    return Exists(Booking.objects.filter(is_met, pk=OuterRef(column)))


def says(column: str, word: str) -> Exists:
    """Tell whether a word is part of a booking's customer, reference or services, as they were booked."""
    lines = BookingLine.objects.filter(booking_id=OuterRef("pk"))
    has_word = (
        Q(customer_name__icontains=word)
        | Q(reference__icontains=word)
        | Exists(lines.filter(service_name__icontains=word))
        | (Q(service__name__icontains=word) & ~Exists(lines))
    )
    return Exists(Booking.objects.filter(has_word, pk=OuterRef(column)))


def find_service(column: str) -> Subquery:
    """Return the id of the first service of a booking; none: the booking is gone."""
    return Subquery(Booking.objects.filter(pk=OuterRef(column)).values("service_id")[:1])


def find_person(column: str) -> Subquery:
    """Return the id of whom the customer of a booking meets first; none: nobody, or the booking is gone."""
    first = _list_people().order_by("-is_active", "part_index", "starts_at", "pk").values("resource_id")[:1]
    return Subquery(Booking.objects.filter(pk=OuterRef(column)).values(first_id=Subquery(first))[:1])


def name_services(ids: Collection[int]) -> dict[int, str]:
    """Map services to their names; one query."""
    return dict(Service.objects.filter(pk__in=ids).values_list("pk", "name"))


def name_people(ids: Collection[int]) -> dict[int, str]:
    """Map people to their names; one query."""
    return dict(Resource.objects.filter(pk__in=ids).values_list("pk", "name"))


def _list_people() -> QuerySet[Allocation]:
    """Return what is taken of people for the booking around it: in a group, for all of the group."""
    own = Q(booking_id=OuterRef("pk"), booking__session=None)
    return Allocation.objects.filter(
        own | Q(session_id=OuterRef("session_id")), resource__resource_type__is_person=True
    )
