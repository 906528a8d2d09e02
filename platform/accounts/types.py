"""Values that accounts hands to other rooms."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A person of the business who signs in."""

    id: int
    name: str
    email: str
    role: str
    locale: str
