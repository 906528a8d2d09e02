"""What messages and events keep about people."""

from __future__ import annotations

from kernel.personal import Erasure, Ground, NotPersonal, PersonalColumn, Purpose, Subject, TableInventory
from kernel.text import mark

_TOLD = PersonalColumn(Subject.ANYONE, Purpose.CONTACT, Ground.CONTRACT, Erasure.BLANK)
_TOLD_ONCE = PersonalColumn(Subject.ANYONE, Purpose.CONTACT, Ground.CONTRACT, Erasure.REPLACE)

_MESSAGE = TableInventory(
    "notifications.Message",
    personal={
        "to": _TOLD,
        "reply_to": _TOLD,
        "subject": _TOLD,
        "body_text": _TOLD,
        "body_html": _TOLD,
        "attachments": _TOLD,
        # It names the recipient, and no two messages may have the same one.
        "dedup_key": _TOLD_ONCE,
        "last_error": PersonalColumn(Subject.ANYONE, Purpose.REPAIR, Ground.INTEREST, Erasure.BLANK),
    },
    other={
        NotPersonal.CODE: ("template", "locale", "subject_kind", "role", "category", "price_currency"),
        # Of the state: a status, instants and ids.
        NotPersonal.MACHINE: ("provider_id", "state", "bundle"),
    },
)

INVENTORY = (
    _MESSAGE,
    _MESSAGE.copy_as("notifications_public.Message"),
    TableInventory(
        "notifications_public.ContactCode",
        personal={
            "recipient_hash": PersonalColumn(
                Subject.ANYONE,
                Purpose.SECURITY,
                Ground.INTEREST,
                Erasure.KEEP,
                reason=mark(
                    "a keyed hash without a name beside it; the row goes with the next code that anybody asks for"
                ),
            )
        },
        other={NotPersonal.CODE: ("schema_name",), NotPersonal.SECRET: ("code_hash",)},
    ),
    TableInventory("notifications_public.TakenReply", other={NotPersonal.MACHINE: ("message_hash",)}),
    TableInventory(
        "notifications_public.TextedNumber",
        personal={
            "recipient_hash": PersonalColumn(
                Subject.ANYONE,
                Purpose.CONTACT,
                Ground.INTEREST,
                Erasure.KEEP,
                reason=mark(
                    "a keyed hash without a name beside it; without it whoever wants no SMS would get them again"
                ),
            ),
            "words": PersonalColumn(
                Subject.ANYONE,
                Purpose.CONTACT,
                Ground.INTEREST,
                Erasure.KEEP,
                reason=mark("the proof of a withdrawal"),
            ),
        },
        other={NotPersonal.CODE: ("schema_name",), NotPersonal.MACHINE: ("proof",)},
    ),
    TableInventory(
        "notifications.Event",
        personal={"payload": PersonalColumn(Subject.CUSTOMER, Purpose.CONTACT, Ground.CONTRACT, Erasure.BLANK)},
        other={NotPersonal.CODE: ("kind",)},
    ),
    TableInventory(
        "notifications.WebhookEndpoint",
        other={
            NotPersonal.BUSINESS: ("url",),
            NotPersonal.CODE: ("events",),
            NotPersonal.SECRET: ("secret_hash", "former_hash"),
        },
    ),
    TableInventory(
        "notifications.WebhookDelivery",
        other={
            NotPersonal.CODE: ("type", "subject_kind"),
            # Of the body: ids, references, a status and instants; the answer is what somebody's server said to that.
            NotPersonal.MACHINE: ("message_id", "body", "answer"),
        },
    ),
    TableInventory(
        "notifications.MessageTemplate",
        other={NotPersonal.CODE: ("key", "locale"), NotPersonal.BUSINESS: ("subject", "body")},
    ),
)
