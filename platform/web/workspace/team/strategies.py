"""How a service is shared out among those who can do it, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from scheduling.engine import Strategy

STRATEGIES = (
    (
        Strategy.ROUND_ROBIN.value,
        gettext_lazy("By turns"),
        gettext_lazy("Whoever had least for their share is next. Who is away or busy keeps the turn."),
    ),
    (
        Strategy.LEAST_BUSY.value,
        gettext_lazy("To whoever is most free"),
        gettext_lazy("Whoever has least to do on that day."),
    ),
    (
        Strategy.FIXED_ORDER.value,
        gettext_lazy("In this order"),
        gettext_lazy("The first in the order of the team who is free."),
    ),
    (
        Strategy.PACK_TIGHTLY.value,
        gettext_lazy("Without gaps"),
        gettext_lazy("Whoever is left with the fewest gaps that are too short for anything."),
    ),
)
"""Value, name and explanation of each, the fairest first."""
