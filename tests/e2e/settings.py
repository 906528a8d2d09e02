"""Browser tests: all browsers come from one address."""

from config.settings.test import *  # noqa: F403
from kernel.limits import raise_limits

LIMITS = raise_limits(LIMITS, LIMITS_BY_ADDRESS)  # noqa: F405
