"""The part of Twilio's HTTP API that sends a message (2010-04-01, ``Messages.json``).

Answers and error codes as in Twilio's reference (Messages resource, error dictionary).
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl

from devtools.catcher.message import parse_sms
from devtools.catcher.store import Store

MESSAGES_PATH = re.compile(r"/2010-04-01/Accounts/([^/]+)/Messages\.json")

_NUMBER = re.compile(r"(?:whatsapp:)?\+[1-9]\d{6,14}")
_LONGEST_BODY = 1600
# Twilio's magic numbers for tests: they fail as named.
_MAGIC = {"+15005550001": 21211, "+15005550009": 21614}
_TEXTS = {
    20003: "Authenticate",
    21211: "Invalid 'To' Phone Number",
    21602: "Message body is required.",
    21603: "A 'From' phone number or messaging service is required.",
    21604: "A 'To' phone number is required.",
    21614: "'To' number is not a valid mobile number",
    21617: "The concatenated message body exceeds the 1600 character limit",
}

Answer = tuple[int, dict[str, object]]


def take_message(store: Store, *, account: str, authorization: str, body: bytes) -> Answer:
    """Take one message and return the status and JSON that Twilio would."""
    if not _is_authorized(authorization, account):
        return _refuse(20003, status=401)
    form = dict(parse_qsl(body.decode("utf-8", errors="replace"), keep_blank_values=True))
    fault = _find_fault(form)
    if fault is not None:
        return _refuse(fault, status=400)
    number = store.add(parse_sms(form, body))
    sid = f"SM{number:08x}{secrets.token_hex(12)}"
    moment = format_datetime(datetime.now(tz=UTC))
    return 201, {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": form["Body"],
        "date_created": moment,
        "date_sent": None,
        "date_updated": moment,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": form.get("From"),
        "messaging_service_sid": form.get("MessagingServiceSid"),
        "num_media": "0",
        "num_segments": str(_count_segments(form["Body"])),
        "price": None,
        "price_unit": "USD",
        "sid": sid,
        "status": "queued",
        "to": form["To"],
        "uri": f"/2010-04-01/Accounts/{account}/Messages/{sid}.json",
    }


def _is_authorized(authorization: str, account: str) -> bool:
    scheme, _, encoded = authorization.partition(" ")
    try:
        user, separator, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return scheme.lower() == "basic" and user == account and bool(separator and secret)


def _find_fault(form: dict[str, str]) -> int | None:
    number = form.get("To", "")
    checks = (
        (not number, 21604),
        (not form.get("From") and not form.get("MessagingServiceSid"), 21603),
        (not form.get("Body"), 21602),
        (len(form.get("Body", "")) > _LONGEST_BODY, 21617),
        (not _NUMBER.fullmatch(number), 21211),
        (number in _MAGIC, _MAGIC.get(number, 0)),
    )
    return next((code for is_faulty, code in checks if is_faulty), None)


def _refuse(code: int, *, status: int) -> Answer:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return status, {"code": code, "message": _TEXTS[code], "more_info": more, "status": status}


def _count_segments(body: str) -> int:
    # GSM 03.38 packs 160 or 153 characters, UCS-2 (anything else; here: beyond Latin-1) 70 or 67.
    single, several = (160, 153) if all(ord(letter) < 256 for letter in body) else (70, 67)  # noqa: PLR2004
    return 1 if len(body) <= single else -(-len(body) // several)
