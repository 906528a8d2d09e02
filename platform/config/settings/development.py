"""Development and ``./dev demo``: plain HTTP on loopback, everything else as in production."""

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *
from kernel.limits import raise_limits

DEBUG = False
LIMITS = raise_limits(LIMITS, LIMITS_BY_ADDRESS)
INSTALLED_APPS = [*INSTALLED_APPS, "devtools"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# What is assumed here is public knowledge, so it serves nobody but this machine.
PLATFORM_HOST = PLATFORM_HOST or "localhost:8000"
SECRET_KEY = SECRET_KEY or "development-only-never-in-production"
EMAIL_HOST, EMAIL_PORT = (EMAIL_HOST, EMAIL_PORT) if EMAIL_HOST else ("127.0.0.1", 1025)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = DEFAULT_FROM_EMAIL or "citas@turnero.example"
_name = PLATFORM_HOST.partition(":")[0].lower()
if _name != "localhost" and not _name.endswith(".localhost"):
    _message = (
        f"the settings for development serve localhost only, not {PLATFORM_HOST}: take config.settings.production"
    )
    raise ImproperlyConfigured(_message)
