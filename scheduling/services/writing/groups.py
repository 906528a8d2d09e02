"""How long a group takes its resources: as long as its longest booking."""

from __future__ import annotations

from django.db import connection
from django.db.models import Max

from scheduling.models import Booking, Session

# A part that lasts to the end of the visit ends with the group or, by its buffer, later; parts that end
# earlier do not grow with add-ons, so nothing of theirs is given back.
SHORTEN_SQL = """
WITH kept AS (
  SELECT resource_id, max(ends_at) - %(excess)s AS until FROM scheduling_allocation
  WHERE session_id = %(id)s AND is_active GROUP BY resource_id HAVING max(ends_at) >= %(ended_at)s
)
UPDATE scheduling_allocation a
SET is_active = a.starts_at < kept.until,
    ends_at = CASE WHEN a.starts_at < kept.until THEN kept.until ELSE a.ends_at END
FROM kept
WHERE a.session_id = %(id)s AND a.is_active AND a.resource_id = kept.resource_id AND a.ends_at > kept.until
"""


def shorten_session(*, session_id: int, without_id: int) -> None:
    """Give back what a group took for one booking alone.

    The caller has taken ``without_id``'s seats back and so holds the session's row: whoever joins waits.
    """
    session = Session.objects.get(pk=session_id)
    staying = Booking.objects.filter(session_id=session_id, is_active=True).exclude(pk=without_id)
    ends_at = staying.aggregate(last=Max("ends_at"))["last"]
    if ends_at is None or ends_at >= session.ends_at:
        return
    excess = session.ends_at - ends_at
    with connection.cursor() as cursor:
        cursor.execute(SHORTEN_SQL, {"id": session_id, "excess": excess, "ended_at": session.ends_at})
    Session.objects.filter(pk=session_id).update(ends_at=ends_at)
