"""The pack for workshops."""

from __future__ import annotations

from kernel.text import mark
from verticals.automotive.fields import VEHICLE, compare_vin_and_year, warn_of_long_wait
from verticals.automotive.starter_kit import STARTER_KIT
from verticals.automotive.words import VOCABULARY
from verticals.contract import ArrivalMode, BoardState, Choice, FeedbackAsk, Intake, Vertical, VerticalHooks

VERTICAL = Vertical(
    key="automotive",
    name=mark("Car workshop"),
    icon="car-front",
    vocabulary=VOCABULARY,
    starter_kit=STARTER_KIT,
    asset=VEHICLE,
    intake=Intake(
        symptoms=(
            Choice("brake_noise", mark("Noise when braking"), "volume-2"),
            Choice("warning_light", mark("Light on the dashboard"), "triangle-alert"),
            Choice("leak", mark("Leak"), "droplets"),
            Choice("vibration", mark("It vibrates"), "vibrate"),
            Choice("wont_start", mark("It does not start"), "battery-warning"),
            Choice("overheating", mark("It overheats"), "thermometer"),
            Choice("smoke", mark("Smoke or strange smell"), "wind"),
            Choice("pulls_aside", mark("It pulls to one side"), "move-horizontal"),
            Choice("other", mark("Something else")),
        ),
        arrival_modes=(
            ArrivalMode("drop_off", mark("Drop it off"), "key-round"),
            ArrivalMode("wait", mark("Wait at the workshop"), "armchair"),
            ArrivalMode("tow", mark("It is towed in"), "truck"),
        ),
        note_label=mark("Tell us more"),
        note_example=mark("It happens when the engine is cold"),
        has_photos=True,
    ),
    board_states=(
        BoardState("paused", mark("Paused"), "pause", is_pause=True),
        BoardState(
            "waiting_authorization",
            mark("Waiting for the customer’s OK"),
            "message-circle-question-mark",
            is_pause=True,
        ),
        BoardState("waiting_parts", mark("Waiting for parts"), "package-search", is_pause=True),
        BoardState("ready", mark("Ready to collect"), "package-check"),
    ),
    # The car has been driven home by then, and a noise that came back is heard.
    feedback=FeedbackAsk.TWO_HOURS,
    hooks=VerticalHooks(check_asset=compare_vin_and_year, check_visit=warn_of_long_wait),
)
