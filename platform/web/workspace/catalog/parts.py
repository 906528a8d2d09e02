"""The parts of a service's form, in the order in which they are read, with the help beside them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from web.workspace.catalog.deposits import PART
from web.workspace.catalog.texts import spread
from web.workspace.setup_forms import Part

FURTHER = {name: PART.title for row in PART.rows for name in row}
"""What is logged of a service and asked elsewhere."""

ROW_LABELS = {
    "requirements": gettext_lazy("Who and what it takes"),
    "bookable_hours": gettext_lazy("When it can start"),
    "per_resource": gettext_lazy("Own durations and prices"),
    "questions": gettext_lazy("Questions"),
    "reminder_offsets_minutes": gettext_lazy("Reminders"),
    "texts": gettext_lazy("In other languages"),
}
"""What stands in rows."""

PARTS = (
    Part(
        "name", gettext_lazy("Name"),
        gettext_lazy("What customers read when they book and in their messages, in their language."),
        (spread("name"), spread("category"), spread("description"), ("is_online",)),
    ),
    Part(
        "price", gettext_lazy("Price and duration"),
        gettext_lazy("“From” tells that it may cost more once you have seen it. Bookings keep what was agreed."),
        (("price_kind",), ("price", "duration_minutes")),
        after="workspace/catalog/own.html",
    ),
    PART,
    Part(
        "needs", gettext_lazy("Who and what it takes"),
        gettext_lazy("Each row is taken for its minutes; in the others somebody else can have it."),
        (("buffer_before_minutes", "buffer_after_minutes"), ("buffers_inside_hours",)),
        template="workspace/catalog/requirements.html",
    ),
    Part(
        "when",
        gettext_lazy("When it can be booked"),
        gettext_lazy("Within the hours of the place and the people."),
        (
            ("latest_start",),
            ("step_minutes", "align"),
            ("minimum_notice_minutes", "booking_window_days"),
            ("seats", "max_party_size"),
            ("arrival_modes",),
        ),
        template="workspace/catalog/starts_rows.html",
    ),
    Part(
        "questions", gettext_lazy("Questions"),
        gettext_lazy("Asked while they book. Fewer questions, more bookings: three are mostly enough."),
        template="workspace/catalog/questions.html",
    ),
    Part(
        "confirm", gettext_lazy("Confirmation"),
        gettext_lazy("With approval the time is kept while you answer."),
        (
            ("approval",), ("answer_within_minutes", "answer_ahead_minutes"),
            ("cancel_cutoff_minutes", "move_cutoff_minutes"),
        ),
    ),
    Part(
        "extras", gettext_lazy("Extras"), gettext_lazy("What customers may add; each makes the visit longer."),
        template="workspace/catalog/extras.html",
    ),
    Part(
        "further", gettext_lazy("Further"),
        gettext_lazy("Most businesses leave this as it is."),
        (("reminders",), ("other_reminder", "hold_minutes"), ("most_repeats",), ("position",), ("strategy",)),
        after="workspace/catalog/further.html",
    ),
)  # fmt: skip
