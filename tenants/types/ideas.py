"""What people of businesses tell the platform, as pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

LONGEST_IDEA = 2000
"""Characters."""


@dataclass(frozen=True, slots=True)
class IdeaView:
    """What somebody wrote to us.

    Attributes:
        business: Its name; empty where it is gone.
        user_id: Who of the business; None: somebody who has left it.
        page: The path on which it came to mind; may be empty.
    """

    id: int
    schema_name: str
    business: str
    user_id: int | None
    text: str
    page: str
    written_at: datetime
    read_at: datetime | None
