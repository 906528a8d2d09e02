"""The pack for salons."""

from __future__ import annotations

from kernel.text import mark
from verticals.contract import Choice, FeedbackAsk, Intake, Vertical
from verticals.salon.starter_kit import STARTER_KIT
from verticals.salon.words import VOCABULARY

VERTICAL = Vertical(
    key="salon",
    name=mark("Hair and beauty salon"),
    icon="scissors",
    vocabulary=VOCABULARY,
    starter_kit=STARTER_KIT,
    intake=Intake(
        symptoms=(
            Choice("first_time", mark("First time here"), "sparkles"),
            Choice("long_hair", mark("Long hair")),
            Choice("colored_before", mark("Colored before"), "paintbrush"),
            Choice("sensitive_scalp", mark("Sensitive scalp or allergy"), "triangle-alert"),
            Choice("quiet_visit", mark("I would like a quiet visit")),
        ),
        note_label=mark("Tell us what you have in mind"),
        note_example=mark("A bob just above the shoulders"),
    ),
    feedback=FeedbackAsk.EVENING,
)
