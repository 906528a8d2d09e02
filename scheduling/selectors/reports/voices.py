"""Who waited for a place and got one, and what customers said; each figure adds up in the database."""

from __future__ import annotations

from django.db.models import Avg, Count, Q, QuerySet

from scheduling.enums import WaitlistStatus
from scheduling.models import Booking, Feedback, WaitlistEntry
from scheduling.selectors.reports.counted import came_through, was_with
from scheduling.types.reports import ReportDays, ReportFilters
from scheduling.types.reports.voices import SCORES, FeedbackAsked, FeedbackTally, NamedFeedback, WaitlistTally

FOND, COLD = 9, 6
"""Of 0 to 10: from here on somebody recommends, up to there somebody warns (the usual net promoter score)."""
OPEN = (WaitlistStatus.WAITING, WaitlistStatus.OFFERED)


def tally_waitlist(days: ReportDays, filters: ReportFilters) -> tuple[WaitlistTally, ...]:
    """Count who joined the waitlist in these days, by service, most first; one query.

    Where they stand is as of now. Who would have come through which door, and to whom, nobody knows.
    """
    rows = WaitlistEntry.objects.filter(
        created_at__gte=days.since, created_at__lt=days.until, customer__is_sample=False
    ).order_by()
    if filters.service_id is not None:
        rows = rows.filter(service_id=filters.service_id)
    if filters.location_id is not None:
        rows = rows.filter(Q(location_id=filters.location_id) | Q(location=None))
    found = rows.values_list("service_id", "service__name").annotate(
        joined=Count("pk"),
        offered=Count("pk", filter=Q(offer_number__gt=0)),
        booked=Count("pk", filter=Q(status=WaitlistStatus.BOOKED)),
        waiting=Count("pk", filter=Q(status__in=OPEN)),
    )
    tallies = (WaitlistTally(*row) for row in found)
    return tuple(sorted(tallies, key=lambda each: (-each.joined, each.service_name, each.service_id)))


def tally_feedback(days: ReportDays, filters: ReportFilters) -> FeedbackTally:
    """Count what customers said in these days about whichever visit; one query."""
    found = list_feedback_rows(days, filters).aggregate(
        average=Avg("score"),
        asked=Count("recommend_score"),
        fond=Count("pk", filter=Q(recommend_score__gte=FOND)),
        cold=Count("pk", filter=Q(recommend_score__lte=COLD)),
        **{f"score_{score}": Count("pk", filter=Q(score=score)) for score in SCORES},
    )
    average = found["average"]
    return FeedbackTally(
        counts=tuple(found[f"score_{score}"] for score in SCORES),
        average=None if average is None else float(average),
        asked=found["asked"],
        fond=found["fond"],
        cold=found["cold"],
    )


def tally_feedback_by_service(days: ReportDays, filters: ReportFilters) -> tuple[NamedFeedback, ...]:
    """Count what customers said by the first service of the visit, most first; one query."""
    rows = list_feedback_rows(days, filters).values_list("booking__service_id", "booking__service__name")
    found = rows.annotate(count=Count("pk"), average=Avg("score"))
    named = (NamedFeedback(key, name, count, float(average)) for key, name, count, average in found)
    return tuple(sorted(named, key=lambda each: (-each.count, each.service_name, each.service_id)))


def list_asked(asked: FeedbackAsked) -> QuerySet[Feedback]:
    """Return the opinions behind a figure; it becomes part of a query at once."""
    rows = list_feedback_rows(asked.days, asked.filters)
    if asked.score is not None:
        rows = rows.filter(score=asked.score)
    return rows.filter(recommend_score__isnull=False) if asked.is_recommending else rows


def list_feedback_rows(days: ReportDays, filters: ReportFilters) -> QuerySet[Feedback]:
    """Return the opinions that a report counts; it becomes part of a query at once."""
    rows = Feedback.objects.filter(
        created_at__gte=days.since, created_at__lt=days.until, booking__is_test=False, booking__is_sample=False
    ).order_by()
    bookings = Booking.objects.order_by()
    if filters.service_id is not None:
        bookings = bookings.filter(service_id=filters.service_id)
    if filters.location_id is not None:
        bookings = bookings.filter(location_id=filters.location_id)
    if filters.resource_id is not None:
        bookings = bookings.filter(was_with(filters.resource_id))
    if filters.door:
        bookings = bookings.filter(came_through(filters.door))
    return rows if filters == ReportFilters() else rows.filter(booking_id__in=bookings.values("pk"))
