"""Saying yes and no: one ledger, one service for the customer's page, mail programs, staff and the API.

Whoever holds the link to a contact speaks for that contact: messages are decided by the address that they go to, not
by a record that somebody else may have made with it. Saying no is as easy as saying yes (GDPR, article 7(3)).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from database.locks import KeySpace, lock_words
from database.transactions import write_transaction
from notifications.hooks import register_choice
from notifications.types.choices import Choice
from scheduling.enums import ConsentPurpose
from scheduling.errors.customers import ConsentContactUnknown
from scheduling.models import Consent, Contact
from scheduling.selectors.customers.consents import is_refused, list_choices, list_customers_of, list_refused
from scheduling.selectors.customers.records import get_customer
from scheduling.services.consent_links import CHOSEN, make_consent_url
from scheduling.services.writing.customers import CONSENT_TEXT_VERSION, LONGEST_LANGUAGE, TOLD, name_channel
from scheduling.types import ConsentProof

LONGEST_WORDS = 500


@write_transaction()
def change_consents(
    *, contact: str, wanted: Mapping[ConsentPurpose, bool], proof: ConsentProof, now: datetime
) -> tuple[ConsentPurpose, ...]:
    """Write down what somebody wants and what not, and return what is new of it; the same again changes nothing.

    In any state of the business: a no counts at once, also for what waits. A yes that held ends, and a row says who
    said no, where and when.

    Raises:
        ConsentContactUnknown: No record has this contact, so no message goes there either.
    """
    lock_words(KeySpace.CONTACT, contact)
    known = {each.purpose: each.is_on for each in list_choices(contact)}
    refused = list_refused(contact)
    changed = {
        each: is_on
        for each, is_on in wanted.items()
        # A no is new until there is a row that says so: what goes unless refused, no default ends.
        if each in TOLD and (not known.get(each, False) if is_on else each not in refused)
    }
    if not changed:
        return ()
    customer_ids = list_customers_of(contact)
    if not customer_ids:
        raise ConsentContactUnknown
    ended = [each for each, is_on in changed.items() if not is_on]
    Consent.objects.filter(contact=contact, purpose__in=ended, given_at__lte=now).update(withdrawn_at=now)
    Consent.objects.bulk_create(
        Consent(
            customer_id=customer_id,
            purpose=purpose,
            channel=name_channel(contact),
            contact=contact,
            text_version=proof.text_version or CONSENT_TEXT_VERSION,
            language=proof.language[:LONGEST_LANGUAGE],
            user_id=proof.user_id,
            source=proof.source,
            proof={"words": proof.words[:LONGEST_WORDS]},
            given_at=now,
            withdrawn_at=None if is_on else now,
        )
        for customer_id in customer_ids
        for purpose, is_on in changed.items()
    )
    return tuple(changed)


@write_transaction()
def change_consents_of(
    *, customer_id: int, wanted: Mapping[ConsentPurpose, bool], proof: ConsentProof, now: datetime
) -> tuple[ConsentPurpose, ...]:
    """Write down the same for each contact of a customer, as they told the staff; return what is new for some of them.

    Raises:
        CustomerNotFound: There is none, or it was erased.
        ConsentContactUnknown: The record has no contact.
    """
    get_customer(customer_id=customer_id)
    rows = Contact.objects.filter(customer_id=customer_id).order_by("value")
    contacts = list(rows.values_list("value", flat=True))
    if not contacts:
        raise ConsentContactUnknown
    found = [change_consents(contact=each, wanted=wanted, proof=proof, now=now) for each in contacts]
    return tuple(dict.fromkeys(each for changed in found for each in changed))


def register() -> None:
    """Let messages ask what people want: when they are written, and again when they leave."""
    for template, purpose in CHOSEN.items():
        register_choice(template, _make_choice(purpose))


def _make_choice(purpose: ConsentPurpose) -> Choice:
    return Choice(
        is_wanted=lambda _channel, to: not is_refused(purpose, to),
        find_way_out=lambda to: make_consent_url(to, purpose=purpose),
    )
