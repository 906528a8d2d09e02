"""What requests of persons keep about whoever asked.

That something was asked, when, and what became of it stays: the business shows with it that it answered in time.
"""

from __future__ import annotations

from dataclasses import replace

from kernel.personal import Erasure, Ground, NotPersonal, PersonalColumn, Purpose, Subject, TableInventory

_ASKED = PersonalColumn(Subject.CUSTOMER, Purpose.PROOF, Ground.DUTY, Erasure.BLANK, may_be_sensitive=True)

INVENTORY = (
    TableInventory(
        "privacy.PersonRequest",
        personal=dict.fromkeys(("name", "contact", "text", "extension_reason", "identity_note", "answer"), _ASKED),
        other={
            NotPersonal.CODE: ("locale", "law_country", "law_region", "timezone", "answer_on", "carry_out_on"),
            NotPersonal.MACHINE: ("uid",),
            NotPersonal.SECRET: ("token_hash",),
        },
    ),
    TableInventory(
        "privacy.NoticeVersion", other={NotPersonal.BUSINESS: ("texts",), NotPersonal.CODE: ("version", "law_country")}
    ),
    TableInventory("privacy.RetentionRun", other={NotPersonal.CODE: ("rule",)}),
    # Whoever writes is asked to name nobody.
    TableInventory(
        "privacy.Incident",
        other={
            NotPersonal.BUSINESS: ("title", "story"),
            NotPersonal.CODE: ("tables", "law_country", "law_region", "timezone"),
        },
    ),
    TableInventory("privacy.IncidentLogLine", other={NotPersonal.BUSINESS: ("note",)}),
    TableInventory("privacy.PersonRequestStep", personal={"note": _ASKED}),
    TableInventory(
        "privacy.BlockedPerson",
        personal={
            "names": replace(_ASKED, erasure=Erasure.DELETE_ROW),
            "content": replace(_ASKED, erasure=Erasure.DELETE_ROW),
        },
        other={NotPersonal.CODE: ("law_country",)},
    ),
    TableInventory("privacy.BlockedLook", personal={"reason": replace(_ASKED, erasure=Erasure.DELETE_ROW)}),
    TableInventory(
        "privacy.PersonExport",
        personal={"content": replace(_ASKED, erasure=Erasure.DELETE_ROW)},
        other={NotPersonal.MACHINE: ("sha256",)},
        kept_days=7,
    ),
)
