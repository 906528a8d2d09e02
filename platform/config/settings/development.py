"""Development and ``./dev demo``: plain HTTP on loopback, everything else as in production."""

from config.settings.base import *
from kernel.limits import raise_limits

DEBUG = False
LIMITS = raise_limits(LIMITS, LIMITS_BY_ADDRESS)
INSTALLED_APPS = [*INSTALLED_APPS, "devtools"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
