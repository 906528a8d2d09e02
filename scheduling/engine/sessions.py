"""Group services: which running sessions a party can still join."""

from bisect import bisect_left
from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

from kernel.intervals import Interval, contains
from scheduling.engine.filling.lineup import list_fillings
from scheduling.engine.inquiry import Inquiry
from scheduling.engine.types import Part, Session


class OpenSession(NamedTuple):
    """A session with room for the party; ``places`` are (part index, resource id)."""

    session: Session
    seats_left: int
    places: tuple[tuple[int, int], ...]


def list_open_sessions(inquiry: Inquiry) -> list[OpenSession]:
    """List the sessions that start in the asked range and that the party can join.

    Its resources must be exactly what the visit would take, work at that time,
    and be free of everything but the session itself. Grid, notice and general
    rules are not looked at. The order is that of the snapshot.
    """
    seats = inquiry.visit.seats
    if seats is None or inquiry.units > seats:
        return []
    sessions = [session for session in list_own_sessions(inquiry) if session.seats_taken + inquiry.units <= seats]
    if not sessions:
        return []
    board = _Board(inquiry)
    found: list[OpenSession] = []
    for session in sessions:
        places = board.find_places(session)
        if places is not None:
            found.append(OpenSession(session, seats - session.seats_taken, places))
    return found


def list_own_sessions(inquiry: Inquiry) -> list[Session]:
    """List the sessions of the visit's service that start in the asked range."""
    if not inquiry.is_group:
        return []
    from_minute, to_minute = inquiry.starts
    return [
        session
        for session in inquiry.snapshot.sessions
        if session.service_id == inquiry.visit.service_id and from_minute <= session.start_minute < to_minute
    ]


class _Board:
    """What the resources do besides the session in question."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry
        self._free: dict[tuple[int, int], list[Interval]] = {}
        own: dict[int, list[tuple[int, int, Session]]] = {}
        for session in inquiry.snapshot.sessions:
            if session.service_id != inquiry.visit.service_id:
                continue
            for resource_id, start, end in session.occupied:
                own.setdefault(resource_id, []).append((start, end, session))
        self._own = {resource_id: sorted(rows, key=itemgetter(0)) for resource_id, rows in own.items()}
        self._longest = max((end - start for rows in own.values() for start, end, _ in rows), default=0)

    def find_places(self, session: Session) -> tuple[tuple[int, int], ...] | None:
        """Find which part each of the session's resources serves; None when they do not fit."""
        lineup = self._inquiry.lineup
        resource_ids = sorted({resource_id for resource_id, _start, _end in session.occupied})
        if len(resource_ids) > len(lineup.places):
            return None
        serving = [
            [
                each
                for each in resource_ids
                if each in team.pool and all(self._serves(session, index, each) for index in team.parts)
            ]
            for team in lineup.teams
        ]
        # Who does what in the session already does it for the newcomer too, where that is possible.
        settled = [
            [each for each in serving[index] if self._has_all(session, team.parts, each)]
            for index, team in enumerate(lineup.teams)
        ]
        for options in (settled, serving):
            filling = next(list_fillings(lineup, options, resource_ids), None)
            if filling is not None:
                return tuple(filling)
        return None

    def _has_all(self, session: Session, parts: Iterable[int], resource_id: int) -> bool:
        """Tell whether a session takes a resource for some parts as long as the visit needs it."""
        held = [(start, end) for owner, start, end in session.occupied if owner == resource_id]
        wanted = [self._inquiry.visit.parts[index].occupied_at(session.start_minute) for index in parts]
        return all(any(start <= first and last <= end for start, end in held) for first, last in wanted)

    def _serves(self, session: Session, part_index: int, resource_id: int) -> bool:
        part = self._inquiry.visit.parts[part_index]
        key = (part_index, resource_id)
        if key not in self._free:
            self._free[key] = self._inquiry.free_starts_without_own(resource_id, part)
        if not contains(self._free[key], session.start_minute):
            return False
        return not self._meets_sibling(session, part, resource_id)

    def _meets_sibling(self, session: Session, part: Part, resource_id: int) -> bool:
        """Tell whether another session of the service takes the resource at that time."""
        begins, ends = part.occupied_at(session.start_minute)
        rows = self._own[resource_id]
        index = bisect_left(rows, begins - self._longest, key=itemgetter(0))
        while index < len(rows) and rows[index][0] < ends:
            start, end, owner = rows[index]
            if owner is not session and max(start, begins) < min(end, ends):
                return True
            index += 1
        return False
