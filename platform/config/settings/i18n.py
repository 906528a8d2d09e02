"""Languages and time: everything inside is UTC; a location's zone is applied at the edge."""

from __future__ import annotations

import warnings

from config.environment import ROOT
from kernel.languages import DEFAULT_LANGUAGE, LANGUAGE_NAMES

LANGUAGE_CODE = DEFAULT_LANGUAGE
LANGUAGES = list(LANGUAGE_NAMES.items())
# One catalog per room. They stand here, and not only beside the apps, because these win over Django's and allauth's.
LOCALE_PATHS = [
    ROOT / "platform" / "web" / "tones",  # the first wins: a formal text over what any room says
    *sorted(path for pattern in ("*", "platform/*", "verticals/*") for path in ROOT.glob(f"{pattern}/locale")),
]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
# Django would give it the server's zone, and nobody would hear of it.
warnings.filterwarnings("error", "DateTimeField .* received a naive datetime", RuntimeWarning)
