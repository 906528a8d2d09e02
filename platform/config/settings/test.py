"""Tests: the real servers, cheap password hashes, e-mail kept in memory unless a test brings a server."""

from config.settings.base import *

DEBUG = False
INSTALLED_APPS = [*INSTALLED_APPS, "devtools"]
PLATFORM_HOST = "testserver.example"
SECRET_KEY = "only-for-the-tests-of-turnero"  # noqa: S105
DEFAULT_FROM_EMAIL = SERVER_EMAIL = "citas@turnero.example"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
