"""What an SMS costs: the alphabet that it fits into, and the segments that it fills (3GPP TS 23.038 and 23.040).

One letter outside of the default alphabet makes all of a text twice as expensive and more: 70 signs in a
segment instead of 160. So letters are folded where nothing is lost (``í`` to ``i``, ``…`` to three full stops);
the alphabet's own are kept (``ñ é ü ¿ ¡ à ò``). A text with letters that no other stands for, as in a name in
Cyrillic, is sent as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from kernel.lines import compose

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")
"""Each takes two places."""
MOST_SEGMENTS = 2
JOINED = 153
"""Places of a segment that is joined to others."""
SMALL_WORD = 2
"""Letters of a word that stands at no end: *de*, *y*, *of*."""

_FOLDED = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "ʼ": "'", "ʻ": "'", "ʽ": "'", "ˈ": "'", "`": "'", "´": "'",
        "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"', "«": '"', "»": '"', "‹": "'", "›": "'",
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "·": "-", "•": "-",
        "…": "...", "¨": "", "¬": "-", "×": "x", "÷": "/", "№": "No.", "™": "", "®": "", "©": "",
        "ª": "a", "º": "o", "°": "o", "¹": "1", "²": "2", "³": "3", "½": "1/2", "¼": "1/4", "¾": "3/4",
        "Œ": "OE", "œ": "oe", "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "ı": "i", "ð": "d", "Ð": "D", "Þ": "Th",
        "þ": "th", "ẞ": "SS", "ŋ": "n", "Ŋ": "N", "ə": "e", "Ə": "E", "ɛ": "e", "Ɛ": "E", "ɔ": "o", "Ɔ": "O", "ĸ": "k",
        "⁄": "/", "∕": "/", "∙": "-", "⋅": "-", "‣": "-", "⁃": "-", "→": "->", "←": "<-", "⇒": "=>", "±": "+-",
        "≤": "<=", "≥": ">=", "≠": "/=", "∼": "~", "≈": "~", "∗": "*", "∣": "|", "‰": "o/oo",
        "¢": "c", "₡": "CRC ", "₲": "PYG ", "₱": "PHP ", "₿": "BTC ", "₹": "INR ", "₩": "KRW ", "₽": "RUB ",
        "₺": "TRY ", "₴": "UAH ", "₪": "ILS ", "₫": "VND ", "₦": "NGN ", "₣": "F ", "₸": "KZT ", "₵": "GHS ",
        "、": ", ", "。": ". ",
    }
)  # fmt: skip
_FOLDED_KINDS = {"Ps": "(", "Pe": ")", "Pi": '"', "Pf": '"', "Pd": "-", "Pc": "_", "Po": " "}
"""What punctuation of a kind becomes that has no counterpart of its own."""
_LATIN_LETTER = re.compile(r"LATIN (SMALL|CAPITAL) LETTER ([A-Z])(?: WITH .*)?")
_LINK = re.compile(r"\s(?P<link>https?://\S+)$")


def fold_text(text: str) -> str:
    """Return a text in the default alphabet where that loses nothing that matters, else as it is.

    Emoji and other signs that are no letters are left out.
    """
    folded = "".join(map(_fold_sign, compose("NFC", text).translate(_FOLDED)))
    folded = re.sub(r" {2,}", " ", folded).strip()
    return folded if is_plain(folded) else text


def is_plain(text: str) -> bool:
    """Tell whether every sign is in the default alphabet or its extension."""
    return all(sign in BASIC or sign in EXTENDED for sign in text)


def count_segments(text: str) -> int:
    """Return in how many segments a text travels; no sign is cut in two."""
    if is_plain(text):
        return _count(tuple(2 if sign in EXTENDED else 1 for sign in text), alone=160, joined=JOINED)
    return _count(tuple(len(sign.encode("utf-16-le")) // 2 for sign in text), alone=70, joined=67)


def pick_text(versions: Sequence[str]) -> str:
    """Return the first version that fits into one segment, else the first that fits into two, folded.

    The last version is for two only. When none fits, that one is cut before the link at its end,
    which stays whole.
    """
    folded = [fold_text(version) for version in versions]
    for most, candidates in ((1, folded[:-1] or folded), (MOST_SEGMENTS, folded)):
        for text in candidates:
            if count_segments(text) <= most:
                return text
    return _cut(folded[-1])


def shorten_words(text: str, limit: int) -> str:
    """Return the first words of a name that fit into ``limit`` signs, without a small word or a comma at the end."""
    if len(text) <= limit:
        return text
    words = text[: limit + 1].split(" ")[:-1] or [text[:limit]]
    while len(words) > 1 and (len(words[-1].strip(".,;:-&+·")) <= SMALL_WORD or words[-1][-1] in ",;:-&+·("):
        words.pop()
    return " ".join(words).rstrip(" .,;:-&+·(")


def _fold_sign(sign: str) -> str:
    if sign in BASIC or sign in EXTENDED:
        return sign
    category = unicodedata.category(sign)
    if category[0] == "Z":
        return " "
    if category in {"So", "Sk", "Cf", "Cn", "Co", "Mn", "Me"}:
        return ""
    plain = "".join(each for each in compose("NFKD", sign) if not unicodedata.combining(each)).translate(_FOLDED)
    if plain and is_plain(plain):
        return plain
    return "" if category == "Sm" else _FOLDED_KINDS.get(category) or _fold_letter(sign)


def _fold_letter(sign: str) -> str:
    """Return the digit or letter that a sign is, which has no composition: those of other scripts, and ħ or ɓ."""
    digit = unicodedata.digit(sign, None)
    if digit is not None:
        return str(digit)
    letter = _LATIN_LETTER.fullmatch(unicodedata.name(sign, ""))
    if letter is None:
        return sign
    return letter[2] if letter[1] == "CAPITAL" else letter[2].lower()


def _count(sizes: Sequence[int], *, alone: int, joined: int) -> int:
    if sum(sizes) <= alone:
        return 1
    segments, filled = 1, 0
    for size in sizes:
        if filled + size > joined:
            segments, filled = segments + 1, 0
        filled += size
    return segments


def _cut(text: str) -> str:
    match = _LINK.search(text)
    head, tail = (text[: match.start()], f" {match['link']}") if match else (text, "")
    # No sign takes less than one place: what is longer is cut at once.
    head = head[: MOST_SEGMENTS * JOINED]
    while head and count_segments(f"{head}...{tail}") > MOST_SEGMENTS:
        head = head[:-1]
    return f"{head.rstrip(' .,;:-')}...{tail}"
