"""The pack for clinics."""

from __future__ import annotations

from kernel.text import mark
from verticals.clinic.fields import PATIENT
from verticals.clinic.starter_kit import STARTER_KIT
from verticals.clinic.words import VOCABULARY
from verticals.contract import Choice, FeedbackAsk, Intake, Tone, Vertical

VERTICAL = Vertical(
    key="clinic",
    name=mark("Clinic or practice"),
    icon="stethoscope",
    vocabulary=VOCABULARY,
    starter_kit=STARTER_KIT,
    asset=PATIENT,
    intake=Intake(
        # Nothing about health: what is not asked cannot leak before a practitioner needs it.
        symptoms=(
            Choice("first_time", mark("First visit to this clinic"), "sparkles"),
            Choice("step_free", mark("Step-free access needed"), "accessibility"),
            Choice("interpreter", mark("Interpreter needed"), "languages"),
            Choice("companion", mark("Comes with a companion"), "users"),
        ),
        note_label=mark("Anything that helps us receive you"),
        note_example=mark("I use a wheelchair"),
    ),
    tone=Tone.FORMAL,
    # That somebody was here is about their health: nobody is asked to write about it.
    feedback=FeedbackAsk.OFF,
)
