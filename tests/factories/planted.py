"""A person of whom every table that customers leave something in has something: a canary in each personal column.

A column that is new is planted by itself; a table that is new has to be planted here or named in `NOT_PLANTED`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zlib import crc32

from django.db import models

from billing.models import Dispute, DisputeAnswer, InvoiceWish, Payment, Refund, SavedMethod
from kernel.personal import Erasure
from notifications.models import Event, Message
from privacy.models import PersonRequest, PersonRequestStep
from scheduling.models import (
    Asset,
    AssetDue,
    Booking,
    Contact,
    ConversationLine,
    Customer,
    CustomerMerge,
    DataRequest,
    Feedback,
    ImportRow,
    VisitNote,
    VisitsLink,
    WaitlistEntry,
)
from tenants.hooks import list_inventory
from tenants.services.erasures.persons import list_personal
from tests.factories.imports import make_checked_import

CANARY = "kanari"
"""How every planted word begins: nothing else does."""
NOT_PLANTED = {
    "accounts.Session": "of people who work there",
    "api.IdempotentAnswer": "planted by a call",
    "files.StoredFile": "of staff, and bytes before they are a picture",
    "notifications_public.ContactCode": "hashes",
    "notifications_public.Message": "to people who open businesses",
    "notifications_public.TextedNumber": "hashes",
    "privacy.BlockedLook": "who of the business looked, and why",
    "privacy.BlockedPerson": "sealed: what was planted is in it, and cannot be found as it lies",
    "privacy.PersonExport": "made by a worker",
    "scheduling.AssetMark": "written with the asset",
    "scheduling.BookingSearch": "written with the booking",
    "scheduling.Consent": "stays, and names no person",
    "scheduling.CustomerSearch": "written with the record",
    "scheduling.ImportPiece": "of a file that is on its way",
    "tenants.DueWork": "errors of programs",
    "tenants.LimitCount": "hashes",
    "tenants.Tombstone": "hashes",
}
"""Tables with columns of customers or of anyone that are not planted, and why."""
EMAIL, PHONE = f"{CANARY}@example.com", "+525500112233"
COMPOSED = {"hiding_log": [], "log": [], "tags": [CANARY], "attachments": []}
"""Columns whose documents have a shape: what is written into them."""


@dataclass
class Planted:
    """Whom canaries were planted for, and in which column which word stands."""

    customer_id: int
    words: dict[tuple[str, str], str] = field(default_factory=dict)

    def mark(self, rows: models.QuerySet[Any], **fixed: object) -> None:
        """Write each personal column's canary into rows; ``fixed`` are values that have to look like something."""
        label = rows.model._meta.label
        values = {name: fixed.get(name, self._make_word(rows.model, name)) for name in find_columns(label)}
        assert rows.update(**values), label
        self.words |= {(label, name): read_words(value) for name, value in values.items() if read_words(value)}

    def _make_word(self, model: type[models.Model], name: str) -> object:
        word = f"{CANARY}{crc32(f'{model._meta.label}.{name}'.encode()):08x}"
        column = model._meta.get_field(name)
        if name in COMPOSED:
            return COMPOSED[name]
        if isinstance(column, models.JSONField):
            return {"said": word}
        if isinstance(column, models.BinaryField):
            return word.encode()
        return word[: column.max_length]


def read_words(value: object) -> str:
    """Return the canary in a value, if there is one."""
    if isinstance(value, dict):
        return str(value.get("said", ""))
    if isinstance(value, list):
        return str(value[0]) if value else ""
    return value.decode() if isinstance(value, bytes) else str(value)


def find_columns(label: str) -> list[str]:
    """Return the personal columns of a table in which customers leave something, and which erasing empties."""
    table = next(each for each in list_inventory() if each.model == label)
    return [name for name in list_personal(table) if table.personal[name].erasure is not Erasure.KEEP]


def list_tables() -> Iterable[str]:
    """Return every table in which customers leave something."""
    return [each.model for each in list_inventory() if list_personal(each)]


def plant(booking_id: int, *, now: datetime) -> Planted:
    """Plant canaries in all that is kept about the customer of a booking."""
    booking = Booking.objects.get(pk=booking_id)
    customer = Customer.objects.get(pk=booking.customer_id)
    planted = Planted(customer.pk)
    own = {"customer_email": EMAIL, "customer_phone": PHONE}
    planted.mark(Booking.objects.filter(pk=booking.pk), override_reason="", **own)
    Booking.objects.filter(pk=booking.pk).update(override_reason=f"{CANARY}why", override_kind="rule")
    planted.mark(Booking.history.filter(id=booking.pk), **own)
    planted.mark(Customer.history.filter(id=customer.pk))
    Contact.objects.filter(customer=customer).delete()
    Contact.objects.create(customer=customer, kind="email", value=EMAIL)
    planted.words["scheduling.Contact", "value"] = EMAIL
    planted.mark(Asset.objects.filter(owner=customer))
    for asset in Asset.objects.filter(owner=customer):
        AssetDue.objects.create(asset=asset, on=now.date(), written_at=now)
    planted.mark(AssetDue.objects.filter(asset__owner=customer))
    Feedback.objects.create(
        booking=booking, score=3, answer="x", answered_at=now, hidden_reason="x", hidden_at=now, created_at=now
    )
    planted.mark(Feedback.objects.filter(booking=booking))
    ConversationLine.objects.create(booking=booking, author="customer", text="x", written_at=now)
    planted.mark(ConversationLine.objects.filter(booking=booking))
    VisitNote.objects.create(booking=booking, text="x", written_at=now)
    planted.mark(VisitNote.objects.filter(booking=booking))
    DataRequest.objects.create(booking=booking, kind="erasure", asked_at=now, answer="x", done_at=now)
    planted.mark(DataRequest.objects.filter(booking=booking))
    _plant_around(planted, booking, now)
    _plant_money(planted, booking, now)
    _plant_told(planted, booking, now)
    _plant_twin(planted, now)
    planted.mark(Customer.objects.filter(pk=customer.pk))
    return planted


def _plant_around(planted: Planted, booking: Booking, now: datetime) -> None:
    WaitlistEntry.objects.create(
        customer_id=planted.customer_id, service=booking.service, service_ids=[booking.service_id], from_on=now.date(),
        to_on=now.date(), status="cancelled", ended_at=now, created_at=now, token_hash=uuid4().hex, uid=uuid4().hex,
    )  # fmt: skip
    planted.mark(WaitlistEntry.objects.filter(customer_id=planted.customer_id))
    make_checked_import()
    row = ImportRow.objects.order_by("pk").first()
    assert row is not None
    rows = ImportRow.objects.filter(pk=row.pk)
    rows.update(customer_id=planted.customer_id)
    planted.mark(rows)
    VisitsLink.objects.create(
        kind="email", contact=EMAIL, locale="es", created_at=now, expires_at=now + timedelta(days=1)
    )
    planted.words["scheduling.VisitsLink", "contact"] = EMAIL


def _plant_money(planted: Planted, booking: Booking, now: datetime) -> None:
    payment = Payment.objects.create(
        booking_id=booking.pk, customer_id=planted.customer_id, purpose="deposit", amount_minor=500, currency="MXN",
        door="bank_transfer", state="received", opened_at=now, received_at=now, means="transfer", refunded_minor=100,
    )  # fmt: skip
    planted.mark(Payment.objects.filter(pk=payment.pk))
    Refund.objects.create(payment=payment, amount_minor=100, cause="kinder", state="done", asked_at=now, done_at=now)
    planted.mark(Refund.objects.filter(payment=payment))
    dispute = Dispute.objects.create(
        payment=payment, provider_dispute_id="d", amount_minor=100, currency="MXN", state="won", reason="fraud",
        opened_at=now, closed_at=now, checked_at=now,
    )  # fmt: skip
    DisputeAnswer.objects.create(dispute=dispute, kind="evidence", state="sent", asked_at=now, done_at=now)
    planted.mark(DisputeAnswer.objects.filter(dispute=dispute))
    InvoiceWish.objects.create(
        booking_id=booking.pk, customer_id=planted.customer_id, country="MX", state="refused", asked_at=now,
        closed_at=now,
    )  # fmt: skip
    planted.mark(InvoiceWish.objects.filter(customer_id=planted.customer_id))
    SavedMethod.objects.create(
        customer_id=planted.customer_id, payment=payment, provider_account_id="a", provider_method_id=uuid4().hex,
        text_version="1", agreed_at=now, removed_at=now,
    )  # fmt: skip
    planted.mark(SavedMethod.objects.filter(customer_id=planted.customer_id))


def _plant_told(planted: Planted, booking: Booking, now: datetime) -> None:
    Message.objects.filter(subject_kind="booking", subject_id=booking.pk).delete()
    Message.objects.create(
        channel="email", template="x", to=EMAIL, locale="es", subject_kind="booking", subject_id=booking.pk,
        dedup_key=uuid4().hex, status="sent", created_at=now, sent_at=now,
    )  # fmt: skip
    planted.mark(Message.objects.filter(subject_kind="booking", subject_id=booking.pk), to=EMAIL)
    Event.objects.create(kind="booking.confirmed", subject_id=booking.pk, payload={}, occurred_at=now, processed_at=now)
    planted.mark(Event.objects.filter(kind="booking.confirmed", subject_id=booking.pk))
    request = PersonRequest.objects.create(
        uid=uuid4(), token_hash=uuid4().hex, right="access", state="refused", source="paper",
        customer_id=planted.customer_id, asked_at=now, recorded_at=now, timezone="America/Mexico_City",
        answer_on=now.date(), due_at=now, answered_at=now, ended_at=now,
    )  # fmt: skip
    planted.mark(PersonRequest.objects.filter(pk=request.pk))
    PersonRequestStep.objects.create(request=request, step="asked", at=now)
    planted.mark(PersonRequestStep.objects.filter(request=request))


def _plant_twin(planted: Planted, now: datetime) -> None:
    twin = Customer.objects.create(name=f"{CANARY}twin", created_at=now)
    CustomerMerge.objects.create(kept_id=planted.customer_id, gone=twin, merged_at=now)
    planted.mark(CustomerMerge.objects.filter(gone=twin))
    Customer.with_merged.filter(pk=twin.pk).update(merged_into_id=planted.customer_id)
