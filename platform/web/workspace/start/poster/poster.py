"""The poster for the counter, and its QR code: the way from a phone's camera to the booking page."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import segno
import typst
from django.utils.translation import gettext, override

from edge.language import find_tongue
from scheduling.types import LocationView
from tenants.hosts import make_base_url
from tenants.types import TenantInfo
from web.accent import make_tokens
from web.formats import format_phone
from web.templatetags.formats import initials

SOURCE = Path(__file__).parent / "poster.typ"
PAPERS: Mapping[str, str] = {"a4": "a4", "letter": "us-letter"}
"""What a size is called in an address → for the typesetter."""
INK = "#131a22"
QUIET_MODULES = 4
"""Empty modules around a code that stands alone (ISO/IEC 18004)."""
FIRST_PICTURE = 0x2190
"""Where Unicode's arrows, and after them its pictures, begin."""
LONGEST_PIECE = 14
"""Letters of a word after which it may be broken, where it is longer than any word."""


@dataclass(frozen=True, slots=True)
class Poster:
    """What a poster says of a business.

    Attributes:
        place: Where customers go; None: there is no place.
        logo: As PNG; empty: initials stand for it.
    """

    tenant: TenantInfo
    place: LocationView | None
    logo: bytes = b""

    @property
    def url(self) -> str:
        """Where its code leads: the booking page."""
        return make_base_url(self.tenant.primary_host)

    def make_pdf(self, *, paper: str, language: str) -> bytes:
        """Set the poster on a paper of `PAPERS`, in ``es`` or ``en``; some 50 ms.

        What people wrote goes in as data, not as source, and nothing outside of this folder is read.
        """
        with override(find_tongue(language, self.tenant)):
            said = self._describe(paper=paper, language=language)
        made: Any = typst.compile(
            SOURCE,
            root=SOURCE.parent,
            font_paths=[SOURCE.parent],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"poster": json.dumps(said)},
        )
        return bytes(made)

    def make_code(self, kind: str, *, border: int = QUIET_MODULES) -> bytes:
        """Draw the code alone, as ``svg`` or ``png``."""
        drawn = io.BytesIO()
        # A quarter may be dirty or torn: it hangs in a workshop.
        code = segno.make(self.url, error="q", micro=False)
        if kind == "svg":
            code.save(drawn, kind="svg", border=border, dark=INK, light="#ffffff", xmldecl=False, scale=8)
        else:
            code.save(drawn, kind="png", border=border, dark=INK, light="#ffffff", scale=24)
        return drawn.getvalue()

    def _describe(self, *, paper: str, language: str) -> dict[str, object]:
        tenant, place = self.tenant, self.place
        tokens = make_tokens(tenant.accent, "light")
        name = _make_printable(tenant.name)
        return {
            "paper": PAPERS[paper],
            "language": language,
            "title": gettext("Poster of %(name)s") % {"name": name},
            "name": name,
            "initials": _make_printable(initials(tenant.name)),
            "logo": list(self.logo),
            "accent": tokens.accent,
            "on_accent": tokens.on_accent,
            "claim": gettext("Appointments online, at any hour"),
            "headline": gettext("Book your visit from your phone"),
            "code": self.make_code("svg", border=0).decode(),
            "alt": gettext("QR code that leads to %(host)s") % {"host": tenant.primary_host},
            "lead": gettext("Point the camera at the code,\nchoose a service and a time. No account needed."),
            "address": tenant.primary_host,
            "place": _make_printable(place.address) if place else "",
            "phone": format_phone(place.phone, tenant.country) if place and place.phone else "",
        }


def _make_printable(text: str) -> str:
    """Return a text that fits and can be drawn: no pictures (our fonts have none), and no endless word."""
    kept = "".join(letter for letter in text if not _is_picture(letter))
    words = " ".join(kept.split()).split(" ")
    return " ".join(
        "\u200b".join(re.findall(f".{{1,{LONGEST_PIECE}}}", word)) if len(word) > 2 * LONGEST_PIECE else word
        for word in words
    )


def _is_picture(letter: str) -> bool:
    """Tell whether a letter is an emoji, or joins and colors them; signs such as ® and ° are none."""
    is_odd = unicodedata.category(letter) in {"So", "Sk", "Cs", "Co", "Cn"} and ord(letter) >= FIRST_PICTURE
    return is_odd or letter in "\ufe0e\ufe0f\u200d\u20e3"
