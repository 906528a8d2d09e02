"""When sessions of group services take resources."""

from kernel.intervals import Interval
from scheduling.engine.types import Snapshot


class SessionHoles:
    """The sessions of a snapshot, by the resources that they take."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._by_resource: dict[int, list[tuple[int, int, int]]] = {}
        for session in snapshot.sessions:
            for resource_id, start, end in session.occupied:
                if start < end:
                    self._by_resource.setdefault(resource_id, []).append((start, end, session.service_id))
        for rows in self._by_resource.values():
            rows.sort()

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self._by_resource)

    def list_for(self, resource_id: int, *, without_service_id: int | None = None) -> list[Interval]:
        """List when sessions take a resource, by start, except those of one service; they may overlap."""
        rows = self._by_resource.get(resource_id, ())
        return [(start, end) for start, end, service_id in rows if service_id != without_service_id]
