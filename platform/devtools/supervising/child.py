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

import psutil

from config.environment import ROOT
from devtools.processes import describe_exit, tether, write_pid
from devtools.supervising.output import Output, Stream

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
        self._readers: list[_Reader] = []
        self._stopping = asyncio.Event()
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
        while True:
            started_at = time.monotonic()
            returncode = await self.run_once()
            if self._stopping.is_set():
                return
            if time.monotonic() - started_at > CALM_SECONDS:
                self._delay_seconds = FIRST_DELAY_SECONDS
            self.output.show(f"ended ({describe_exit(returncode)}); starting again in {self._delay_seconds:.1f} s")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._delay_seconds)
            self._delay_seconds = min(self._delay_seconds * 2, LONGEST_DELAY_SECONDS)
            if self._stopping.is_set():
                return

    async def stop(self) -> None:
        """End the process and its group, in order first; safe to call at any time."""
        self._stopping.set()
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
        # Our own pipes: asyncio's would make wait() last as long as anything the child left behind.
        pipes = [await self._open_pipe("out"), await self._open_pipe("err")]
        try:
            process = await asyncio.create_subprocess_exec(
                *self.spec.command,
                cwd=ROOT,
                env=dict(self.spec.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=pipes[0],
                stderr=pipes[1],
                start_new_session=True,
                preexec_fn=tether(signal.SIGTERM),
            )
        finally:
            for descriptor in pipes:
                os.close(descriptor)
        self._process = process
        # It may be gone already; then there is nothing to recognise later.
        with contextlib.suppress(psutil.Error):
            write_pid(self._note, process.pid)
        if self._stopping.is_set():
            process.send_signal(self.spec.ending)
        return process

    async def _follow(self, process: asyncio.subprocess.Process) -> int:
        returncode = await process.wait()
        # The leader is gone: whatever is left of its group has nobody to work for.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        readers, self._readers = self._readers, []
        await asyncio.wait([reader.is_closed for reader in readers], timeout=2)
        self._note.unlink(missing_ok=True)
        return returncode

    async def _open_pipe(self, stream: Stream) -> int:
        """Return the writing end of a pipe that is read into the output."""
        loop = asyncio.get_running_loop()
        reading, writing = os.pipe()
        reader = _Reader(self.output, stream, loop.create_future())
        await loop.connect_read_pipe(lambda: reader, os.fdopen(reading, "rb", buffering=0))
        self._readers.append(reader)
        return writing


class _Reader(asyncio.Protocol):
    """Feeds what arrives in a pipe to an output."""

    def __init__(self, output: Output, stream: Stream, is_closed: asyncio.Future[None]) -> None:
        self._output = output
        self._stream = stream
        self.is_closed = is_closed

    def data_received(self, data: bytes) -> None:
        self._output.feed(data, self._stream)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if not self.is_closed.done():
            self.is_closed.set_result(None)
