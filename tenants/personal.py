"""What the platform's own tables keep about people."""

from __future__ import annotations

from kernel.personal import Erasure, Ground, NotPersonal, PersonalColumn, Purpose, Subject, TableInventory
from kernel.text import mark

_OWNER = PersonalColumn(Subject.OWNER, Purpose.ACCOUNT, Ground.CONTRACT, Erasure.DELETE_ROW)
_ACCEPTED = PersonalColumn(
    Subject.OWNER,
    Purpose.PROOF,
    Ground.INTEREST,
    Erasure.KEEP,
    reason=mark("it shows what was agreed, with whom and when, as long as claims can be made from it"),
)

INVENTORY = (
    TableInventory(
        "tenants.SignUp",
        personal={"owner_name": _OWNER, "email": _OWNER, "password_hash": _OWNER},
        other={
            NotPersonal.BUSINESS: ("business_name", "slug", "phone", "address"),
            NotPersonal.CODE: ("vertical", "country", "timezone", "locale", "failure", "schema_name"),
            NotPersonal.SECRET: ("verify_token_hash", "progress_token_hash"),
        },
    ),
    TableInventory(
        "tenants.TermsAcceptance",
        personal={"email": _ACCEPTED, "address_block": _ACCEPTED},
        other={NotPersonal.CODE: ("document", "version", "language", "digest", "sentence", "business")},
    ),
    TableInventory(
        "tenants.Tenant",
        # What we say to a business may name who did what.
        personal={"suspension_reason": PersonalColumn(Subject.OWNER, Purpose.PROOF, Ground.INTEREST, Erasure.BLANK)},
        other={
            NotPersonal.BUSINESS: ("slug", "name", "accent", "profile", "logo"),
            NotPersonal.CODE: (
                "schema_name",
                "former_schemas",
                "vertical",
                "country",
                "timezone",
                "currency",
                "locale",
                "entitlements",
                "sms_countries",
                "agreed",
            ),
        },
    ),
    TableInventory("tenants.Domain", other={NotPersonal.BUSINESS: ("domain",)}),
    TableInventory("tenants.FormerAddress", other={NotPersonal.BUSINESS: ("slug",)}),
    TableInventory(
        "tenants.OwnDomain",
        # The token stands in the domain name system for everybody to read.
        other={NotPersonal.BUSINESS: ("name", "points_to"), NotPersonal.CODE: ("token", "state", "our_addresses")},
    ),
    TableInventory(
        "tenants.DueWork",
        # What PostgreSQL or a mail server said may quote a row.
        personal={"last_error": PersonalColumn(Subject.ANYONE, Purpose.REPAIR, Ground.INTEREST, Erasure.BLANK)},
        other={NotPersonal.CODE: ("schema_name", "kind", "lane", "request_id")},
    ),
    TableInventory(
        "tenants.LimitCount",
        personal={
            "subject_hash": PersonalColumn(
                Subject.ANYONE,
                Purpose.SECURITY,
                Ground.INTEREST,
                Erasure.KEEP,
                reason=mark(
                    "a keyed hash without a name beside it; it goes by itself when its window ends, weeks at most"
                ),
            )
        },
        other={NotPersonal.CODE: ("limit",)},
    ),
    # Both go with the person's access, or with the answer.
    TableInventory(
        "tenants.Workplace",
        personal={"email_hash": PersonalColumn(Subject.STAFF, Purpose.ACCOUNT, Ground.CONTRACT, Erasure.DELETE_ROW)},
        other={NotPersonal.CODE: ("schema_name",)},
    ),
    TableInventory(
        "tenants.WorkplaceRequest",
        personal={"email": PersonalColumn(Subject.STAFF, Purpose.ACCOUNT, Ground.CONTRACT, Erasure.DELETE_ROW)},
        other={NotPersonal.CODE: ("locale",)},
    ),
    TableInventory(
        # What failed is told in our words, or by the name of an exception: no row is quoted.
        "tenants.Backup",
        other={NotPersonal.CODE: ("schema_name",), NotPersonal.MACHINE: ("archive", "failure")},
    ),
    TableInventory(
        "tenants.Removal",
        # Who is told that nothing is left; it is emptied when they are, minutes later as a rule.
        personal={"letters": PersonalColumn(Subject.OWNER, Purpose.PROOF, Ground.INTEREST, Erasure.BLANK)},
        other={NotPersonal.BUSINESS: ("slug",), NotPersonal.CODE: ("schema_name",), NotPersonal.MACHINE: ("counts",)},
    ),
    TableInventory(
        "tenants.Tombstone",
        personal={
            "mark": PersonalColumn(
                Subject.ANYONE,
                Purpose.PROOF,
                Ground.DUTY,
                Erasure.KEEP,
                reason=mark(
                    "a keyed hash of a number that names nobody; without it whoever was erased would come back"
                ),
            )
        },
        other={NotPersonal.CODE: ("schema_name", "kind", "key_id")},
    ),
    TableInventory(
        "tenants.Idea",
        personal={"text": PersonalColumn(Subject.STAFF, Purpose.REPAIR, Ground.INTEREST, Erasure.DELETE_ROW)},
        other={NotPersonal.CODE: ("schema_name", "page")},
    ),
    TableInventory("tenants.SchemaTemplate", other={NotPersonal.MACHINE: ("state", "statements")}),
    TableInventory("tenants.SpareSchema", other={NotPersonal.MACHINE: ("schema_name", "state")}),
    TableInventory("tenants.SchemaState", other={NotPersonal.MACHINE: ("schema_name", "state")}),
)
