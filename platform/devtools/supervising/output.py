"""Children's output: to their log file whole, to the terminal with their name in front."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import BinaryIO, Literal, get_args

from devtools.terminal import make_printable, paint, say

_LARGEST_LOG_BYTES = 5_000_000
_LONGEST_LINE_BYTES = 8_192
_KEPT_LINES = 200
_COLORS = ("cyan", "green", "magenta", "blue", "yellow")


Stream = Literal["out", "err"]
_STREAMS: tuple[Stream, ...] = get_args(Stream)


class Output:
    """Where the lines of one child go."""

    def __init__(self, name: str, logs: Path, *, position: int = 0) -> None:
        self._name = name
        self._color = _COLORS[position % len(_COLORS)]
        self._rests: dict[Stream, bytes] = {"out": b"", "err": b""}
        self.path = logs / f"{name}.log"
        logs.mkdir(parents=True, exist_ok=True)
        if self.path.exists() and self.path.stat().st_size > _LARGEST_LOG_BYTES:
            self.path.replace(self.path.with_suffix(".log.1"))
        self._log: BinaryIO = self.path.open("ab")
        self.answers: deque[str] = deque(maxlen=_KEPT_LINES)
        """The last lines of standard output: what a command says to people, without its logs."""
        self.recent: deque[str] = deque(maxlen=_KEPT_LINES)
        """The last lines of both streams."""

    def feed(self, data: bytes, stream: Stream = "out") -> None:
        """Take what the child wrote, which may end in the middle of a line."""
        self._log.write(data)
        self._log.flush()
        *whole, rest = (self._rests[stream] + data).split(b"\n")
        if len(rest) > _LONGEST_LINE_BYTES:
            whole, rest = [*whole, rest], b""
        self._rests[stream] = rest
        for line in whole:
            text = make_printable(line.decode("utf-8", errors="replace").rstrip("\r"))
            if stream == "out":
                self.answers.append(text)
            self.show(text)

    def show(self, line: str) -> None:
        """Print one line under the child's name."""
        self.recent.append(line)
        say(f"{paint(f'{self._name:<8}', self._color)} {line}")

    def close(self) -> None:
        """Print what is left and close the log."""
        for stream in _STREAMS:
            if self._rests[stream]:
                self.feed(b"\n", stream)
        self._log.close()
