"""What somebody types who signs a business up."""

from __future__ import annotations

SIGN_UP_FORM = {
    "business_name": "Taller Ñandú & Hijos",
    "slug": "taller-nandu",
    "vertical": "automotive",
    "timezone": "America/Santiago",
    "address": "Av. Italia 1250, Ñuñoa, Santiago",
    "phone": "9 6123 4567",
    "owner_name": "Ana Ñandú",
    "email": "ana@example.com",
    "password": "agua-que-no-has-de-beber",
    "terms": "on",
    "terms_shown": "2026-11-28 2026-11-27 2026-11-28 es",
}
