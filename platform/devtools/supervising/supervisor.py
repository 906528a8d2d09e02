"""Children together: start in order, watch, and stop once, whatever signals arrive meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Sequence
from pathlib import Path

from devtools.errors import DevtoolsError
from devtools.processes import describe_exit, end_process, find_noted
from devtools.supervising.child import Child, ChildSpec
from devtools.supervising.output import Output

_NOTES = "processes"


def end_leftovers(state: Path) -> None:
    """End what an earlier supervisor that was killed left running (where the kernel did not)."""
    for note in (state / _NOTES).glob("*.pid"):
        process = find_noted(note, argument="python")
        if process is not None:
            end_process(process, signal.SIGTERM, signal.SIGKILL, seconds=10)
        note.unlink(missing_ok=True)


class Supervisor:
    """Owns the children of one demo."""

    def __init__(self, state: Path) -> None:
        self._notes = state / _NOTES
        self._logs = state / "logs"
        self._notes.mkdir(parents=True, exist_ok=True)
        self._children: list[Child] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._is_stopping = asyncio.Event()

    def listen_to_signals(self) -> None:
        """Let the first Ctrl-C, SIGTERM or SIGHUP start the stop; the ones after it change nothing."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._is_stopping.set)

    @property
    def is_stopping(self) -> bool:
        """Tell whether the stop has begun."""
        return self._is_stopping.is_set()

    async def wait_for_stop(self, *, seconds: float | None = None) -> bool:
        """Wait until the stop begins, at most ``seconds``; True when it has."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._is_stopping.wait(), seconds)
        return self.is_stopping

    async def run_once(self, spec: ChildSpec) -> list[str] | None:
        """Run a command to its end and return what it said on standard output; None when the stop came first.

        Raises:
            DevtoolsError: It failed.
        """
        child = self._make(spec)
        running = asyncio.create_task(child.run_once())
        stopping = asyncio.create_task(self._is_stopping.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if self.is_stopping:
            await child.stop()
            await running
        child.output.close()
        if self.is_stopping:
            return None
        if running.result() != 0:
            message = f"{spec.name} failed ({describe_exit(running.result())}); see above or {child.output.path}"
            raise DevtoolsError(message)
        return list(child.output.answers)

    def keep(self, spec: ChildSpec) -> Child:
        """Keep a child running until the stop."""
        child = self._make(spec)
        self._children.append(child)
        self._tasks.append(asyncio.create_task(child.keep_running()))
        return child

    async def stop(self, *, last: Sequence[str] = ()) -> None:
        """Stop every child: all at once, those named ``last`` after the others."""
        self._is_stopping.set()
        for group in (
            [child for child in self._children if child.spec.name not in last],
            [child for child in self._children if child.spec.name in last],
        ):
            await asyncio.gather(*(child.stop() for child in group))
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for child in self._children:
            child.output.close()

    def _make(self, spec: ChildSpec) -> Child:
        output = Output(spec.name, self._logs, position=len(self._children))
        return Child(spec, output=output, notes=self._notes)
