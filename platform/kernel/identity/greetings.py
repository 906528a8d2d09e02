"""Names and other typed words that reach third persons: what is no name must not become an advertisement.

Anyone can make a booking page write to anyone. So a greeting leaves a name out that carries a link, an
address, a number to call, an amount, or what advertisements are made of; "Hola:" costs nobody anything. The
bookings themselves keep what was typed, for the business to read.
"""

from __future__ import annotations

import re
import unicodedata

from kernel.lines import clean_line, compose, drop_hidden

LONGEST_NAME, LONGEST_WORD, MOST_DIGITS = 80, 30, 4

_TITLES = frozenset(
    [
        "dr",
        "dra",
        "sr",
        "sra",
        "srta",
        "ing",
        "lic",
        "arq",
        "prof",
        "profa",
        "mtro",
        "mtra",
        "fco",
        "fca",
        "ma",
        "mª",
        "gpe",
        "jr",
        "sto",
        "sta",
        "st",
        "ste",
        "san",
        "don",
        "mr",
        "mrs",
        "ms",
        "mx",
        "ca",
        "cía",
    ]
)
"""Written with a full stop, which some leave no blank after: ``Dr.No``, ``Ma.Elena``."""
_PARTICLES = frozenset(["de", "la", "do", "da", "del", "es", "no", "to", "my", "st", "my", "su"])
"""Country codes that are words between names as well: ``Ana.de la Cruz``."""
_KINDS = (
    "com|net|org|info|biz|xyz|top|shop|store|online|site|club|click|link|live|app|dev|page|web|blog|vip|win|bet|casino|loan|"
    "icu|fun|space|website|tech|pro|mobi|name|tel|travel|world|today|life|agency|email|money|cash|gift|promo"
)
_SPACED_KINDS = "com|net|org|info|biz|xyz|top|shop|store|online|site|click|link|io|ly|ru|cn|gg|tk|mx|ar|cl|br"
_DOT = r"\s?[.\u00b7\u2022\u2024\u30fb]\s?"
_DOMAIN = re.compile(rf"(?P<left>[^\W_][\w-]*)\.(?P<right>{_KINDS}|[^\W\d_]{{2}})(?P<rest>$|[^\w])")
_SPACED_DOMAIN = re.compile(rf"(?P<left>[^\W_][\w-]+)(?:{_DOT}|,)(?:{_SPACED_KINDS})\b")
_BRACKETED_DOT = re.compile(r"\s*[\[({<]\s*(?:\.|punto|dot)\s*[\])}>]\s*")
_SPOKEN_DOMAIN = re.compile(r"\w\s+(?:punto|dot|d0t)\s+\w{2,}")
_SHORTENERS = re.compile(
    r"\b(?:bit|ow|cutt|is|t|wa|goo|rb|tiny|n)[\s.,/]+(?:ly|gd|me|co|gl|gy|cc|url|in9)\b(?:/|$|\s*/)"
)
_ADDRESS = re.compile(r"@|://|\bhttps?\b|\bwww\b|\bxn--|\\|\bftp\b")
_PATH = re.compile(r"\w{2,}\.\w{2,}/|/\S*\d|\d\S*/\S*[^\W\d]")
_NUMBER = re.compile(r"(?<![\w-])[(+]{0,2}(?:\d[\s().-]{0,2}){7}\d")
_MONEY = re.compile(
    r"[\u00a2-\u00a5\u20a0-\u20cf$]|\d\s?%|%\s?\d|\b(?:us|mx|mxn|usd|eur|euros?|btc|d[oó]lar(?:es)?|pesos?|soles)\s?\d|"
    r"\d[\d.,]*\s?(?:usd|eur|euros?|mxn|btc|d[oó]lar(?:es)?|pesos?|soles|reales|k|mil|millones)\b"
)
_PITCH = re.compile(
    r"\b(?:gratis|gratuit[oa]s?|premios?|promo(?:ci[oó]n(?:es)?)?|ofertas?|descuentos?|regalos?|sorteo|loter[ií]a|casino|"
    r"whats?app|telegram|instagram|facebook|tiktok|only\s?fans|viagra|cripto|crypto|bitcoin|ethereum|inversi[oó]n(?:es)?|"
    r"pr[eé]stamos?|cr[eé]ditos?|ganaste|ganador|haz clic|clic aqu[ií]|click|subscribe|suscr[ií]bete|ll[aá]mame|"
    r"ll[aá]manos|escr[ií]beme|escr[ií]benos|vis[ií]tanos|verif(?:y|ica|icar|ique)|password|contraseña|prize|winner|discount|"
    r"for free|free gift|call now|buy now|urgente|urgent|gana\s+\w+\s+\w+|you won|act now)\b"
)
_POINTERS = re.compile("[!\u00a1\u2190-\u21ff\u25b6\u25ba\u2794\u27a1\u2b05-\u2b07\U0001f446-\U0001f449\U0001f517\n\r]")
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")


def greet_name(name: str) -> str:
    """Return a name as a greeting says it, or nothing when it is none."""
    return "" if is_advertising(name) else clean_line(name, limit=LONGEST_NAME)


def say_harmless(text: str, *, limit: int = 200) -> str:
    """Return other words that a stranger typed, or nothing when they carry a link, an address, an amount or a number.

    They may be longer than a name and have digits: a plate, a model, a reason.
    """
    return "" if _carries(_read(text)) else clean_line(text, limit=limit)


def is_advertising(name: str) -> bool:
    """Tell whether a name carries what a name has not."""
    read = _read(name)
    digits = sum(letter.isdigit() for letter in read)
    return (
        len(name) > LONGEST_NAME
        or any(len(word) > LONGEST_WORD for word in read.split())
        or digits > MOST_DIGITS
        or _POINTERS.search(name) is not None
        or _PITCH.search(read) is not None
        or _carries(read)
    )


def _read(text: str) -> str:
    """Return a text as the eye reads it: compatible forms as their usual ones, nothing hidden, small letters."""
    shown = drop_hidden(compose("NFKC", text)).replace("\u3002", ".").casefold()
    return " ".join(_BRACKETED_DOT.sub(".", shown).split())


def _carries(read: str) -> bool:
    patterns = (_ADDRESS, _PATH, _SPOKEN_DOMAIN, _SHORTENERS, _NUMBER, _MONEY)
    return any(pattern.search(read) for pattern in patterns) or _has_domain(read) or _mixes_scripts(read)


def _has_domain(read: str) -> bool:
    for match in _DOMAIN.finditer(read):
        left, right = match["left"], match["right"]
        is_initial = len(left) == 1 and right not in {"me", "co", "ly"}
        is_between_names = right in _PARTICLES and match["rest"] not in {"", "/"}
        if left not in _TITLES and not is_initial and not is_between_names:
            return True
    return any(match["left"] not in _TITLES for match in _SPACED_DOMAIN.finditer(read))


def _mixes_scripts(read: str) -> bool:
    """Tell whether one word has letters of several look-alike alphabets: ``pаypal`` with a Cyrillic ``а``."""
    for word in read.split():
        names = (unicodedata.name(letter, "").partition(" ")[0] for letter in word if letter.isalpha())
        if len({name for name in names if name in _SCRIPTS}) > 1:
            return True
    return False
