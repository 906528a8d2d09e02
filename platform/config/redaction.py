"""What neither a log nor an error report may hold, and how it is taken out of texts and values.

Three things are known about secrets: where they stand (segments of paths, parameters of queries, names before an
equals sign or a colon), what they are (this installation's own, those of the request at hand) and what they look like
(long runs in which kinds of letters change often). Each alone misses some; a text passes all three. What is hidden too
often costs a word of a log line, what is hidden too seldom costs a customer's booking.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any
from uuid import UUID

HIDDEN = "***"

SECRET_SEGMENTS = (
    "b", "c", "data", "visits", "w", "waiting", "manage", "holds", "photos", "verify", "progress", "key", "invitation",
    "email-link", "feeds",
)  # fmt: skip
"""Segments of our paths that a secret follows. A test compares them with every address that takes a text."""
HARMLESS_ARGUMENTS = frozenset(
    {
        "schema_name",
        "booking_id",
        "payment_id",
        "invoice_id",
        "row_id",
        "entry_id",
        "photo_id",
        "webhook_id",
        "customer_id",
        "asset_id",
        "series_id",
        "delivery_id",
        "request_id",
    }
)
"""Arguments of addresses that may be read although they look like a secret."""
HARMLESS_PARAMETERS = frozenset({"lang", "view", "type", "who", "done", "new", "sort", "page", "status", "country"})
"""Parameters of queries whose words may be read; numbers and dates of others may, too."""
TRACING_FIELDS = frozenset({"request_id", "correlation_id", "task_id", "parent_task_id", "root_id", "id"})
"""Fields whose UUID tells which lines belong together; UUIDs elsewhere may be keys of callers."""

SHORTEST_KNOWN = 6
"""Characters; replacing less would hide words that only look like the secret."""
SHORTEST_RUN = 12
FEWEST_DIGIT_CHANGES, LEAST_DIGIT_SHARE = 3, 0.06
FEWEST_CHANGES, LEAST_SHARE = 4, 0.3
"""In a run: how often it must change between letters and digits, or between any kinds, to be random; absolutely and
by its length. Of texts of 16 letters drawn from 64, one in a hundred passes for words; of longer ones, hardly any."""
LONGEST_TEXT = 32_768
DEEPEST = 6

_QUOTE = r"\\{0,8}[\"']"
_END = r"\s\"'\\<>"
# Every pattern begins where a run of letters begins and takes it whole, or has a longest length: a line of some
# kilobytes that somebody sends must not take seconds.
_WORDS = (
    r"[\w.-]*(?:token|secret|passw(?:or)?d|passphrase|pwd|session|csrf|authorization|cookie|api[-_]?key|idempotency"
    r"|\botp|verification|dsn|signature|credential|draft|sealed|hold_id|uidb36)"
)
_NAME = rf"(?<![\w.-])(?={_WORDS})[\w.-]++"
_SECRET_NAME = re.compile(rf"(?i)(?={_WORDS})[\w.-]++")
_HINT = re.compile(
    r"(?i)token|secret|pass|pwd|session|csrf|auth|cookie|key|idempotency|otp|verif|dsn|sign|cred|draft|sealed|hold|uid|c[oó]d"
)
_CREDENTIALS = re.compile(
    rf"(?P<scheme>(?<![\w+.-])[a-zA-Z][\w+.-]*+://)[^{_END}/@:]{{0,256}}(?::[^{_END}]{{0,512}})?@"
)
_SEGMENTS = re.compile(
    rf"(?i)(?P<before>(?<![\w.-])(?:{'|'.join(SECRET_SEGMENTS)})(?:/|%2f)++)(?P<secret>[^{_END}/?#&,;)\]}}]+)"
)
_PARAMETERS = re.compile(rf"(?P<before>[?&;](?:amp;)?(?P<name>[\w.\[\]%-]{{1,80}})=)(?P<value>[^{_END}&#]*)")
_HEADERS = re.compile(r"(?i)(?P<before>\b(?:(?:proxy-)?authorization|(?:set-)?cookie)\s?:\s?)(?P<value>[^\"'\\\n]+)")
_SCHEMES = re.compile(rf"(?i)(?P<before>\b(?:bearer|basic|digest)\s{{1,4}})(?P<value>[^{_END},;]{{6,}})")
_QUOTED = re.compile(
    rf"(?is)(?P<before>{_NAME}(?:{_QUOTE})?\s?(?:=>|[:=]|,)\s?)b?(?P<quote>{_QUOTE})(?P<value>.{{0,1000}}?)(?P=quote)"
)
_BARE = re.compile(rf"(?i)(?P<before>{_NAME}(?:{_QUOTE}|\))?(?:=|:\s?)\(?)(?P<value>[^{_END},;&(){{}}\[\]]+)")
_CODES = re.compile(
    rf"(?i)(?P<before>\bc[oó]d(?:e|igo)(?:{_QUOTE})?(?:\s?[:=]|\s(?:is|es))\s?(?:{_QUOTE})?)(?P<value>\d{{6,}})"
)
_EMAILS = re.compile(
    r"[^\s@\"'<>(),:;\[\]\\=|/*%]{1,64}(?:%[0-9a-f]{2}[^\s@\"'<>(),:;\[\]\\=|/*%]{1,64})?(?:@|%40)"
    r"(?:\[[^\]\s]{1,80}\]|[^\s@\"'<>(),:;\[\]\\=|/&]{1,255}\.[^\s@\"'<>(),:;\[\]\\=|/.&]{1,63})",
    re.IGNORECASE,
)
_PHONES = re.compile(r"(?<![\w.:])\+\d[\d ().-]{6,20}\d|(?<![\w.:-])\d{10,15}(?![\w.])")
_RUNS = re.compile(rf"[A-Za-z0-9_-]{{{SHORTEST_RUN},}}")
_PARTS = re.compile(r"[A-Za-z0-9]+")
_API_KEYS = re.compile(r"\btk_[\w-]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TASK = re.compile(rf"(?<![\w.])[\w.]++\[(?P<id>{_UUID.pattern})\]")
_CAMEL_CASE = re.compile(r"(?:[A-Z][a-z]+|[a-z]{2,})+")
_MEMORY = re.compile(r"0x[0-9a-f]+")
_NUMBER_OR_DATE = re.compile(r"-?\d{1,9}|\d{4}-\d{2}-\d{2}|")
_WORD = re.compile(r"[A-Za-z_.-]{1,24}")
_PLAIN = re.compile(r"-?\d{1,5}|None|True|False|null|true|false|\*{3}|<[^>]*>?|")


def hide_in_text(text: str, known: Sequence[str] = ()) -> str:
    """Return ``text`` without secrets, addresses of people and telephone numbers.

    ``known`` are secrets to take out wherever they stand, the longest first.
    """
    if len(text) > LONGEST_TEXT:
        text = f"{text[: LONGEST_TEXT // 2]}…{text[-LONGEST_TEXT // 2 :]}"
    for secret in known:
        text = text.replace(secret, HIDDEN)
    if "://" in text:
        text = _CREDENTIALS.sub(rf"\g<scheme>{HIDDEN}@", text)
    if "/" in text or "%2" in text:
        text = _SEGMENTS.sub(rf"\g<before>{HIDDEN}", text)
    if "=" in text:
        text = _PARAMETERS.sub(_hide_parameter, text)
    if _HINT.search(text):
        text = _HEADERS.sub(rf"\g<before>{HIDDEN}", text)
        text = _QUOTED.sub(_hide_value, text)
        text = _BARE.sub(_hide_value, text)
        text = _CODES.sub(rf"\g<before>{HIDDEN}", text)
    text = _SCHEMES.sub(rf"\g<before>{HIDDEN}", text)
    if "@" in text or "%40" in text:
        text = _EMAILS.sub(f"{HIDDEN}@{HIDDEN}", text)
    text = _PHONES.sub(HIDDEN, text)
    text = _API_KEYS.sub(HIDDEN, text)
    tasks = {match["id"] for match in _TASK.finditer(text)}
    return _RUNS.sub(lambda run: run[0] if run[0] in tasks or not looks_random(run[0]) else HIDDEN, text)


def hide_in_value(value: object, known: Sequence[str] = (), *, depth: int = 0) -> Any:
    """Return ``value`` as plain data for a log line: texts without secrets, whatever type carried them.

    Numbers, booleans and None stay; what a secret's name stands before is hidden whatever it is;
    everything that is no container is shown by its ``repr`` first.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return hide_in_text(str(value), known)
    if isinstance(value, bytes | bytearray | memoryview):
        return hide_in_text(bytes(value).decode("utf-8", "backslashreplace"), known)
    if depth < DEEPEST:
        if isinstance(value, Mapping):
            return {
                hide_in_text(_read_name(name), known): _hide_field(name, each, known, depth)
                for name, each in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset):
            return _hide_items(value, known, depth)
    return hide_in_text(_show(value), known)


def is_secret_name(name: object) -> bool:
    """Tell whether what is called so is a secret: a key of a mapping, a header, a field."""
    return _SECRET_NAME.fullmatch(_read_name(name)) is not None


def looks_random(run: str) -> bool:
    """Tell whether a run of letters, digits, ``-`` and ``_`` was drawn by lot rather than written by someone.

    In words the kind of letter (small, capital, digit) seldom changes, in drawn texts every second time.
    """
    if _UUID.fullmatch(run):
        return True
    if _MEMORY.fullmatch(run) or _CAMEL_CASE.fullmatch(run):
        return False
    changes = [pair for part in _PARTS.findall(run) for pair in pairwise(map(_name_kind, part)) if pair[0] != pair[1]]
    digits = sum("digit" in pair for pair in changes)
    return (digits >= FEWEST_DIGIT_CHANGES and digits >= LEAST_DIGIT_SHARE * len(run)) or (
        len(changes) >= FEWEST_CHANGES and len(changes) >= LEAST_SHARE * len(run)
    )


def find_in_path(path: str) -> tuple[str, ...]:
    """Return the secrets that stand in a path, whether or not there is a page at it."""
    return tuple(match["secret"] for match in _SEGMENTS.finditer(path))


def sort_known(secrets: Collection[str]) -> tuple[str, ...]:
    """Return secrets in the order in which they can be taken out of a text; those too short to be sure are left out."""
    return tuple(sorted({each for each in secrets if len(each) >= SHORTEST_KNOWN}, key=len, reverse=True))


def is_harmless_parameter(name: str, value: str) -> bool:
    """Tell whether a parameter of a query may be read."""
    if is_secret_name(name):
        return False
    if name in HARMLESS_PARAMETERS:
        return _WORD.fullmatch(value) is not None or _NUMBER_OR_DATE.fullmatch(value) is not None
    return name != "code" and _NUMBER_OR_DATE.fullmatch(value) is not None


def _hide_parameter(match: re.Match[str]) -> str:
    return match[0] if is_harmless_parameter(match["name"], match["value"]) else f"{match['before']}{HIDDEN}"


def _hide_value(match: re.Match[str]) -> str:
    if _PLAIN.fullmatch(match["value"]):
        return match[0]
    quote = match.groupdict().get("quote") or ""
    return f"{match['before']}{quote}{HIDDEN}{quote}"


def _hide_field(name: object, value: object, known: Sequence[str], depth: int) -> Any:
    text = _read_name(name)
    if text in TRACING_FIELDS and _is_uuid(value):
        return str(value)
    if value is not None and not isinstance(value, bool):
        if is_secret_name(name):
            return HIDDEN
        if text == "code" and len(str(value)) > 5 and str(value).isdigit():  # noqa: PLR2004 - statuses are shorter
            return HIDDEN
    return hide_in_value(value, known, depth=depth + 1)


def _hide_items(items: Collection[object], known: Sequence[str], depth: int) -> list[Any]:
    values = list(items)
    if len(values) == 2 and isinstance(values[0], str | bytes) and is_secret_name(values[0]):  # noqa: PLR2004 - a pair
        return [_read_name(values[0]), HIDDEN]
    return [hide_in_value(each, known, depth=depth + 1) for each in values]


def _read_name(name: object) -> str:
    return name.decode("utf-8", "backslashreplace") if isinstance(name, bytes) else str(name)


def _is_uuid(value: object) -> bool:
    return isinstance(value, UUID) or (isinstance(value, str) and _UUID.fullmatch(value) is not None)


def _show(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - the edge: a log line is written whatever it is about
        return f"<{type(value).__name__}>"


def _name_kind(letter: str) -> str:
    if letter.isdigit():
        return "digit"
    return "capital" if letter.isupper() else "small"
