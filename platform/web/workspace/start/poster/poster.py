"""The poster for the counter, and its QR code: the way from a phone's camera to the booking page."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import segno
from django.utils.translation import gettext, override

from edge.language import find_tongue
from scheduling.types import LocationView
from tenants.hosts import make_base_url
from tenants.types import TenantInfo
from web.accent import make_tokens
from web.formats import format_phone
from web.paper.typesetting import A4, LETTER, make_printable, typeset
from web.templatetags.formats import initials

SOURCE = Path(__file__).parent / "poster.typ"
PAPERS: Mapping[str, str] = {"a4": A4, "letter": LETTER}
"""What a size is called in an address → for the typesetter."""
INK = "#131a22"
QUIET_MODULES = 4
"""Empty modules around a code that stands alone (ISO/IEC 18004)."""


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

        What people wrote goes in as data, not as source, and nothing outside of this folder but our fonts is read.
        """
        with override(find_tongue(language, self.tenant)):
            said = self._describe(paper=paper, language=language)
        return typeset(SOURCE, name="poster", said=said)

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
        name = make_printable(tenant.name)
        return {
            "paper": PAPERS[paper],
            "language": language,
            "title": gettext("Poster of %(name)s") % {"name": name},
            "name": name,
            "initials": make_printable(initials(tenant.name)),
            "logo": list(self.logo),
            "accent": tokens.accent,
            "on_accent": tokens.on_accent,
            "claim": gettext("Appointments online, at any hour"),
            "headline": gettext("Book your visit from your phone"),
            "code": self.make_code("svg", border=0).decode(),
            "alt": gettext("QR code that leads to %(host)s") % {"host": tenant.primary_host},
            "lead": gettext("Point the camera at the code,\nchoose a service and a time. No account needed."),
            "address": tenant.primary_host,
            "place": make_printable(place.address) if place else "",
            "phone": format_phone(place.phone, tenant.country) if place and place.phone else "",
        }
