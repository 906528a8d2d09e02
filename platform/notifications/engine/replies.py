"""What people answer to an SMS in order to get no more, or to get them again."""

from __future__ import annotations

import enum
import re
import unicodedata

from kernel.lines import compose

STOP_WORDS = frozenset(
    [
        "stop",
        "stopall",
        "unsubscribe",
        "cancel",
        "end",
        "quit",
        "revoke",
        "optout",
        "baja",
        "alto",
        "cancelar",
        "darmedebaja",
        "dardebaja",
        "darsedebaja",
        "nomas",
        "parar",
        "basta",
        "desuscribir",
        "desuscribirme",
        "eliminar",
        "salir",
        "stopsms",
        "bajasms",
    ]
)
"""The carriers' words (CTIA, Twilio), and how it is said in Spanish; compared without blanks and signs."""
START_WORDS = frozenset(["start", "unstop", "alta", "altasms", "startsms", "reanudar", "darmedealta"])
MOST_WORDS = 4
"""A longer answer that begins with such a word may be about something else: *cancel my visit at nine, please*."""
PRAISE = frozenset(
    ["por", "favor", "please", "ya", "gracias", "thanks", "sms", "mensajes", "messages", "all", "todo", "todos", "now"]
)


class Reply(enum.Enum):
    """What an answer asks for."""

    STOP = enum.auto()
    START = enum.auto()
    OTHER = enum.auto()


def read_reply(text: str) -> Reply:
    """Return what an answer asks for, in any case, with or without accents, signs and politeness."""
    plain = compose("NFKD", text).casefold()
    words = re.findall(r"[a-z0-9]+", "".join(each for each in plain if not unicodedata.combining(each)))
    if not words or len(words) > MOST_WORDS + 1:
        return Reply.OTHER
    for said in ("".join(words), "".join(word for word in words if word not in PRAISE)):
        if said in STOP_WORDS:
            return Reply.STOP
        if said in START_WORDS:
            return Reply.START
    return Reply.OTHER
