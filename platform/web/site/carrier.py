"""What the carrier of SMS tells us: answers of people (Twilio's webhook for incoming messages).

Every request is signed: HMAC-SHA1 with the account's secret over the address and the sorted fields
(Twilio, "Security", X-Twilio-Signature). The answer is TwiML, so that the one confirmation leaves at once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from html import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from edge.access import open_to_anyone
from kernel.clock import utc_now
from notifications.services.stops import Answered, take_reply
from tenants.hosts import make_base_url


@csrf_exempt
@open_to_anyone
@require_POST
def take_sms(request: HttpRequest) -> HttpResponse:
    """Take an answer to an SMS; 400 when the carrier did not sign it."""
    url = f"{make_base_url(settings.PLATFORM_HOST)}{reverse('site:carrier_sms')}"
    fields = {name: request.POST[name] for name in request.POST}
    if not settings.SMS_SECRET or not hmac.compare_digest(
        sign(url, fields, settings.SMS_SECRET), request.headers.get("X-Twilio-Signature", "").encode()
    ):
        return HttpResponse("signature", status=400, content_type="text/plain")
    answered = Answered(phone=fields.get("From", ""), text=fields.get("Body", ""), proof=fields.get("MessageSid", ""))
    said = take_reply(answered, now=utc_now())
    body = f"<Message>{escape(said)}</Message>" if said else ""
    return HttpResponse(
        f'<?xml version="1.0" encoding="UTF-8"?><Response>{body}</Response>', content_type="text/xml; charset=utf-8"
    )


def sign(url: str, fields: dict[str, str], secret: str) -> bytes:
    """Return the signature of a request with these fields."""
    signed = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    return base64.b64encode(hmac.digest(secret.encode(), signed.encode(), hashlib.sha1))
