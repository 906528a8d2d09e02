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
        "deten",
        "detener",
        "detenga",
        "detengan",
        "detente",
    ]
)
"""The carriers' words (CTIA, Twilio), and how it is said in Spanish; compared without blanks and signs."""
START_WORDS = frozenset(["start", "unstop", "alta", "altasms", "startsms", "reanudar", "darmedealta"])
LONGEST_REPLY = 12
"""In words: a longer answer is about something else as well: people read it."""
POLITENESS = frozenset(["por", "favor", "please", "ya", "gracias", "thanks", "now"])
PRAISE = POLITENESS | {"sms", "mensajes", "messages", "all", "todo", "todos"}

_THEM = (
    r"(?: (?:de|from|to|receiving|recibir|los|las|la|sus|tus|estos|mas|the|these|this|all|todos|your|any|more|me|us))*"
    r" (?:mensajes?|sms|messages?|texts?|avisos|recordatorios|notificaciones|notifications|reminders|lista?|list)"
)
_WISH = (
    r"(?:(?:yo |me )?(?:quiero|quisiera|deseo|necesito|solicito|me gustaria|puede[ns]?|podria[ns]?|como(?: puedo)?)"
    r"(?: que)? )?(?:me |nos )?"
)
_WRITE = "escrib(?:an?|as|ir)|mand(?:en?|es|ar)|envi(?:en?|es|ar)|contact(?:en?|es|ar)|molest(?:en|es|ar)"
_CEASE = r"(?:dej(?:en?|a|ar)|par(?:en?|a|ar)|deten(?:er|gan?)?(?:se|te)?)"
_TEXT_ME = "(?:text|messag|send|contact|writ|spamm|bother)ing"
_STOP_PHRASES = (
    rf"{_WISH}(?:dar(?:me|se|nos)?|dame|deme|denme|den|des|de|da|doy) de (?:la )?baja(?:{_THEM})?",
    rf"(?:yo )?no (?:quiero|quisiera|deseo)(?: recibir)?(?: mas(?:{_THEM})?|{_THEM})",
    rf"no (?:me |nos )?(?:{_WRITE})(?: mas)?(?:{_THEM})?",
    rf"no (?:mas|more)(?:{_THEM})?",
    rf"{_WISH}{_CEASE} de (?:escribir|mandar|enviar|molestar|recibir)(?:me|nos)?(?:{_THEM})?",
    rf"(?:borr|quit|sac|elimin|desuscrib)(?:a|e|en|an)me(?:{_THEM})?",
    rf"(?:stop|quit) {_TEXT_ME}(?: to)?(?: me| us)?(?:{_THEM})?",
    rf"(?:do not|don t|dont) (?:text|message|contact|write|send)(?: to)?(?: me| us)?(?: any ?more)?(?:{_THEM})?",
    rf"(?:i (?:want|wish|would like|d like) to )?(?:unsubscribe|opt out)(?: me| us)?(?:{_THEM})?",
    rf"(?:remove|take) (?:me|us)(?: off)?(?:{_THEM})?|opt (?:me|us) out|leave me alone|stop (?:it|this|that)",
)
_START_PHRASES = (rf"{_WISH}(?:dar(?:me|se|nos)?|dame|deme|denme|den|des|de|da|doy) de (?:la )?alta(?:{_THEM})?",)


def _join(words: frozenset[str], phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Return what answers look like that say nothing else, once or several times."""
    said = "|".join([*phrases, rf"(?:{'|'.join(sorted(words))})(?:{_THEM})?"])
    return re.compile(rf"(?:(?:{said})(?: |$))+")


_STOP, _START = _join(STOP_WORDS, _STOP_PHRASES), _join(START_WORDS, _START_PHRASES)


class Reply(enum.Enum):
    """What an answer asks for."""

    STOP = enum.auto()
    START = enum.auto()
    OTHER = enum.auto()


def read_reply(text: str) -> Reply:
    """Return what an answer asks for, in any case, with or without accents, signs and politeness."""
    plain = compose("NFKD", text).casefold()
    words = re.findall(r"[a-z0-9]+", "".join(each for each in plain if not unicodedata.combining(each)))
    if not words or len(words) > LONGEST_REPLY:
        return Reply.OTHER
    for said in ("".join(words), "".join(word for word in words if word not in PRAISE)):
        if said in STOP_WORDS:
            return Reply.STOP
        if said in START_WORDS:
            return Reply.START
    bare = " ".join(word for word in words if word not in POLITENESS)
    if _STOP.fullmatch(bare):
        return Reply.STOP
    return Reply.START if _START.fullmatch(bare) else Reply.OTHER
