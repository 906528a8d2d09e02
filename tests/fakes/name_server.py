"""A name server on the loopback that speaks real DNS (RFC 1035) over UDP: what it knows, a test writes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

MOST_STEPS = 10


class NameServer:
    """``records`` maps a name and a type (``"TXT"``) to values; a name with no record at all does not exist.

    ``failing`` are names that it answers SERVFAIL about; ``is_silent``: it answers nothing. ``turns`` are
    answers of one look-up each, before those of ``records``.
    """

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], tuple[str, ...]] = {}
        self.turns: dict[tuple[str, str], list[tuple[str, ...]]] = {}
        self.failing: set[str] = set()
        self.is_silent = False
        self.asked: list[tuple[str, str]] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._socket.getsockname()

    def write(self, name: str, kind: str, *values: str) -> None:
        """Let a name have a record, or several of one type."""
        self.records[name, kind] = values

    def rebind(self, name: str, kind: str, *answers: tuple[str, ...]) -> None:
        """Let a name have other records at each look-up, the last ones for ever."""
        self.turns[name, kind] = list(answers[:-1])
        self.records[name, kind] = answers[-1]

    def forget(self, name: str) -> None:
        """Let a name exist no more."""
        self.records = {key: values for key, values in self.records.items() if key[0] != name}

    def serve(self) -> None:
        """Answer until an empty packet comes."""
        with self._socket:
            while packet := (received := self._socket.recvfrom(4096))[0]:
                if not self.is_silent:
                    self._socket.sendto(self._answer(dns.message.from_wire(packet)).to_wire(), received[1])

    def close(self) -> None:
        """Stop answering: an empty packet says so to whoever waits for one."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.sendto(b"", self.address)

    def _answer(self, asked: dns.message.Message) -> dns.message.Message:
        question = asked.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        answer = dns.message.make_response(asked, recursion_available=True)
        if name in self.failing:
            answer.set_rcode(dns.rcode.SERVFAIL)
            return answer
        for _ in range(MOST_STEPS):
            turns = self.turns.get((name, kind))
            values = turns.pop(0) if turns else self.records.get((name, kind), ())
            if values:
                written = [_write_value(kind, value) for value in values]
                answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", kind, *written))
                return answer
            onward = self.records.get((name, "CNAME"), ())
            if not onward:
                break
            answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "CNAME", f"{onward[0]}."))
            name = onward[0]
        if not any(known == name for known, _ in self.records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer


def _write_value(kind: str, value: str) -> str:
    """Return a value as zone files have it."""
    return {"TXT": f'"{value}"', "CNAME": f"{value}."}.get(kind, value)


@contextmanager
def serve_names() -> Iterator[NameServer]:
    """Answer questions in the block, in a thread of its own."""
    server = NameServer()
    thread = threading.Thread(target=server.serve, name="names", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join(timeout=10)
