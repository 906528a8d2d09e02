"""The link with which people see and change what they agreed to: it goes to the contact that it is about.

The token holds the contact, sealed and bound to the business: nothing is stored, an address in a log says nothing,
and a link in an old mail still lets its reader say no.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from scheduling.enums import ConsentPurpose
from scheduling.errors.customers import ConsentLinkUnknown
from tenants.context import current_tenant
from tenants.hosts import make_base_url
from tenants.secrets import list_hashes

CHOSEN: Mapping[str, ConsentPurpose] = {
    "booking_reminder": ConsentPurpose.REMINDERS,
    "feedback_request": ConsentPurpose.FEEDBACK,
}
"""Messages to which customers may say no, and what they say it about; what they booked, they are told in any case."""
LONGEST_TOKEN = 800
SALT = "scheduling.consents"  # a word, no secret


def make_consent_token(contact: str) -> str:
    """Return the token of the page of a contact: an e-mail in lower case, or a phone number in E.164."""
    return _get_fernet().encrypt(contact.encode()).decode().rstrip("=")


def read_consent_token(token: str) -> str:
    """Return whose page a token opens.

    Raises:
        ConsentLinkUnknown: We did not make it, or another business did.
    """
    if not token or len(token) > LONGEST_TOKEN or not token.isascii():
        raise ConsentLinkUnknown
    try:
        return _get_fernet().decrypt((token + "=" * (-len(token) % 4)).encode()).decode()
    except (InvalidToken, ValueError) as error:
        raise ConsentLinkUnknown from error


def make_consent_url(contact: str, *, purpose: ConsentPurpose | None = None) -> str:
    """Return the address of the page of a contact; with a ``purpose``, the one that ends its messages at once."""
    base = f"{make_base_url(current_tenant().primary_host)}/c/{make_consent_token(contact)}/"
    return base if purpose is None else f"{base}end/{purpose.value}/"


def _get_fernet() -> MultiFernet:
    keys = [bytes.fromhex(each) for each in list_hashes(SALT, current_tenant().schema_name)]
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in keys])
