"""Adding up what the processes of this machine counted.

Each unit has a folder of its own below one (``/run/turnero/web-1``), which systemd empties whenever the unit starts.
Its counts are series of their own, named after the folder, because a sum of several that falls when one of them begins
anew would look to Prometheus as if all of it had happened again. The library's own reading stops at the first file
that it cannot read, and counts gauges of processes that were killed.
"""

from __future__ import annotations

import json
import logging
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from telemetry.living import is_living
from telemetry.meters import OWN

LIVE = "gauge_live"
"""How the names of files begin whose numbers end with their process."""
UNIT = "unit"
"""Label of what the processes of a folder counted."""
BROKEN = (OSError, RuntimeError, ValueError, struct.error)

logger = logging.getLogger(__name__)


class ProcessCollector(Collector):
    """What all processes counted whose files lie in folders below ``folder``; without one, this process."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        """Return every figure once, added up in each folder."""
        if self._folder is None:
            yield from OWN.collect()
            return
        found: dict[str, Metric] = {}
        for folder in sorted(self._folder.glob("*/")):
            for metric in _read(folder):
                whole = found.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type))
                whole.samples += [
                    sample._replace(labels={**sample.labels, UNIT: folder.name}) for sample in metric.samples
                ]
        yield from found.values()


def _read(folder: Path) -> list[Metric]:
    files = [path for path in sorted(folder.glob("*.db")) if _counts(path)]
    try:
        return _merge(files)
    except BROKEN:
        return _merge(path for path in files if _is_readable(path))


def _merge(files: Iterable[Path]) -> list[Metric]:
    return list(MultiProcessCollector.merge([str(path) for path in files]))  # type: ignore[no-untyped-call]


def _counts(path: Path) -> bool:
    return not path.name.startswith(LIVE) or is_living(path.parent, path.stem.rpartition("_")[2])


def _is_readable(path: Path) -> bool:
    try:
        for key, *_ in MmapedDict.read_all_values_from_file(str(path)):  # type: ignore[no-untyped-call]
            json.loads(key)
    except BROKEN as error:
        logger.warning("figures_unreadable", extra={"file": path.name, "failure": type(error).__name__})
        return False
    return True
