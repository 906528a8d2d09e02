"""Languages and time: everything inside is UTC; a location's zone is applied at the edge."""

from __future__ import annotations

from config.environment import ROOT
from kernel.languages import DEFAULT_LANGUAGE, LANGUAGE_NAMES

LANGUAGE_CODE = DEFAULT_LANGUAGE
LANGUAGES = list(LANGUAGE_NAMES.items())

LOCALE_PATHS = [ROOT / "platform" / "config" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
