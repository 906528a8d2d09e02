"""What is typed before all data of the business leaves."""

from __future__ import annotations

from web.parts.proofs import StepForm


class TakeForm(StepForm):
    """The password, and the code of whoever has a second step: a screen that was left open carries nothing off."""
