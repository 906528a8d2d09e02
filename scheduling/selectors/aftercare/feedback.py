"""What customers say about visits: each, all, and what everybody may read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Avg, Count, Q, QuerySet, Subquery, Value

from kernel.identity.greetings import greet_name
from kernel.ids import hash_link_token
from kernel.page import MAX_LIMIT, Page, cut_page, limit_rows, read_cursor
from scheduling.models import Feedback
from scheduling.models.aftercare import IS_SILENT
from scheduling.selectors.reports.voices import list_asked
from scheduling.types.aftercare.views import (
    LOW_SCORE,
    FeedbackSummary,
    FeedbackView,
    HidingLine,
    Praise,
    PublishedFeedback,
)
from scheduling.types.reports.voices import FeedbackAsked

NEWEST = 6
"""So many the booking page shows."""
ALL, LOW, UNANSWERED = "", "low", "unanswered"
KINDS = (ALL, LOW, UNANSWERED)
"""What the list can be narrowed to."""


def is_rated(*, booking_id: int) -> bool:
    """Tell whether the customer has said how a visit was."""
    return Feedback.objects.filter(booking_id=booking_id).exists()


def find_feedback(*, booking_id: int) -> FeedbackView | None:
    """Return what was said about a visit; None: nothing. One query."""
    return find_all_feedback([booking_id]).get(booking_id)


def find_all_feedback(booking_ids: Collection[int]) -> dict[int, FeedbackView]:
    """Return what was said about several visits, by the booking's id. One query."""
    return {row.booking_id: _view(row) for row in _list_rows().filter(booking_id__in=booking_ids)}


def may_be_taken_back(*, token: str) -> bool:
    """Tell whether the customer of a link lets everybody read what they said; one query."""
    return Feedback.objects.filter(booking__token_hash=hash_link_token(token), may_publish=True).exists()


def list_feedback(
    *, kind: str = ALL, asked: FeedbackAsked | None = None, cursor: str = "", limit: int = MAX_LIMIT
) -> Page[FeedbackView]:
    """List what was said, newest first; one query. ``kind`` is one of `KINDS`, others list everything.

    ``asked``: only what a figure of a report counts.

    Raises:
        Invalid: The cursor is not one of ours.
    """
    size = limit_rows(limit)
    rows = _list_real()
    if asked is not None:
        rows = rows.filter(pk__in=list_asked(asked).values("pk"))
    if kind == LOW:
        rows = rows.filter(score__lte=LOW_SCORE)
    elif kind == UNANSWERED:
        rows = rows.filter(answered_at=None).exclude(comment="")
    if cursor:
        created_at, last_id = read_cursor(cursor, datetime, int)
        rows = rows.filter(Q(created_at__lt=created_at) | Q(created_at=created_at, pk__lt=last_id))
    found = list(rows.order_by("-created_at", "-pk")[: size + 1])
    return cut_page(found, limit=size, view=_view, key=lambda row: (row.created_at, row.pk))


def summarize(*, since: datetime) -> FeedbackSummary:
    """Return how many said something since an instant, and on average what; one query."""
    rows = Feedback.objects.filter(booking__is_test=False, booking__is_sample=False, created_at__gte=since)
    found = rows.aggregate(
        count=Count("pk"),
        average=Avg("score"),
        asked=Count("recommend_score"),
        fond=Count("pk", filter=Q(recommend_score__gte=9)),
        cold=Count("pk", filter=Q(recommend_score__lte=6)),
    )
    asked = found["asked"]
    score = round(100 * (found["fond"] - found["cold"]) / asked) if asked else None
    return FeedbackSummary(count=found["count"], average=found["average"], promoter_score=score)


def list_published() -> Praise | None:
    """Return what the booking page says about earlier visits; None: nobody let it be published. One query.

    Count and average are of all that is published; those without words are counted and not shown. Of tests and samples
    nothing may be (`services.aftercare.feedback`).
    """
    rows = Feedback.objects.filter(may_publish=True, hidden_at=None)
    totals = rows.order_by().values(all_rows=Value(1)).annotate(count=Count("pk"), average=Avg("score"))
    # "With words first" keeps the few that are shown at the front, and the index has that order.
    counted = rows.annotate(
        is_silent=IS_SILENT, all_count=Subquery(totals.values("count")), all_average=Subquery(totals.values("average"))
    )
    # Each visit has many columns, and the first page reads this each time.
    shown_only = counted.select_related("booking").only(
        "score", "comment", "answer", "created_at", "booking__customer_name"
    )
    found = list(shown_only.order_by("is_silent", "-created_at", "-pk")[:NEWEST])
    if not found:
        return None
    shown = tuple(_publish(row) for row in found if row.comment)
    first = found[0]
    return Praise(count=first.all_count, average=float(first.all_average), newest=shown)


def shorten_name(name: str) -> str:
    """Return a name as strangers may read it: the first word, and the first letter of the second; empty: it is none.

    Of words that are no name (a link, an advertisement) nothing is shown.
    """
    words = greet_name(name).split()
    if not words:
        return ""
    return words[0] if len(words) == 1 else f"{words[0]} {words[1][0].upper()}."


def _list_rows() -> QuerySet[Feedback]:
    return Feedback.objects.select_related("booking__service", "booking__location")


def _list_real() -> QuerySet[Feedback]:
    return _list_rows().filter(booking__is_test=False)


def _publish(row: Feedback) -> PublishedFeedback:
    return PublishedFeedback(
        author=shorten_name(row.booking.customer_name),
        score=row.score,
        comment=row.comment,
        answer=row.answer,
        created_at=row.created_at,
    )


def _view(row: Feedback) -> FeedbackView:
    booking = row.booking
    return FeedbackView(
        booking_id=booking.pk,
        score=row.score,
        comment=row.comment,
        recommend_score=row.recommend_score,
        may_publish=row.may_publish,
        created_at=row.created_at,
        answer=row.answer,
        answered_at=row.answered_at,
        hidden_at=row.hidden_at,
        hidden_reason=row.hidden_reason,
        hidings=tuple(HidingLine.read(each) for each in row.hiding_log or ()),  # an erased one has nothing
        customer_name=booking.customer_name,
        service_name=booking.service.name,
        starts_at=booking.starts_at,
        timezone=booking.location.timezone,
    )
