"""One child process of the supervisor: started, watched, started again, ended with its whole group."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.environment import ROOT
from devtools.output import Output, Stream
from devtools.processes import describe_exit, tether, write_pid

FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 15.0
CALM_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """What to run.

    Attributes:
        name: One word, shown before each line.
        command: Program and arguments.
        environment: All of the child's environment.
        ending: The signal that asks it to end in order.
        ending_seconds: How long it may take before it is killed.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    ending: signal.Signals = signal.SIGTERM
    ending_seconds: float = 10.0


class Child:
    """A process that is kept running until :meth:`stop`.

    Each one leads its own process group: Ctrl-C in the terminal reaches the supervisor only, and
    what a killed child leaves behind (a worker's pool) is ended with the group.
    """

    def __init__(self, spec: ChildSpec, *, output: Output, notes: Path) -> None:
        self.spec = spec
        self.output = output
        self._note = notes / f"{spec.name}.pid"
        self._process: asyncio.subprocess.Process | None = None
        self._is_stopping = False
        self._delay_seconds = FIRST_DELAY_SECONDS

    @property
    def pid(self) -> int | None:
        """Return the process number, or None while it is not running."""
        if self._process is None or self._process.returncode is not None:
            return None
        return self._process.pid

    async def run_once(self) -> int:
        """Run until the end and return the exit code (negative: a signal)."""
        process = await self._start()
        return await self._follow(process)

    async def keep_running(self) -> None:
        """Start, and start again after each end, slower and slower while it keeps failing."""
        while not self._is_stopping:
            started_at = time.monotonic()
            returncode = await self.run_once()
            if self._is_stopping:
                return
            if time.monotonic() - started_at > CALM_SECONDS:
                self._delay_seconds = FIRST_DELAY_SECONDS
            self.output.show(f"ended ({describe_exit(returncode)}); starting again in {self._delay_seconds:.1f} s")
            await asyncio.sleep(self._delay_seconds)
            self._delay_seconds = min(self._delay_seconds * 2, LONGEST_DELAY_SECONDS)

    async def stop(self) -> None:
        """End the process and its group, in order first; safe to call at any time."""
        self._is_stopping = True
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(self.spec.ending)
        try:
            await asyncio.wait_for(process.wait(), self.spec.ending_seconds)
        except TimeoutError:
            self.output.show("does not end; killing it")
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _start(self) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *self.spec.command,
            cwd=ROOT,
            env=dict(self.spec.environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            preexec_fn=tether(signal.SIGTERM),
        )
        self._process = process
        # It may be gone already; then there is nothing to recognise later.
        with contextlib.suppress(Exception):
            write_pid(self._note, process.pid)
        if self._is_stopping:
            process.send_signal(self.spec.ending)
        return process

    async def _follow(self, process: asyncio.subprocess.Process) -> int:
        reading = asyncio.gather(self._read(process.stdout, "out"), self._read(process.stderr, "err"))
        returncode = await process.wait()
        # The leader is gone: whatever is left of its group has nobody to work for.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(reading, 2)
        self._note.unlink(missing_ok=True)
        return returncode

    async def _read(self, pipe: asyncio.StreamReader | None, stream: Stream) -> None:
        while pipe is not None and (data := await pipe.read(65536)):
            self.output.feed(data, stream)
