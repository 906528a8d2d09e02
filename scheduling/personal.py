"""What bookings, customers and the people of a business leave in the tables of this room.

A booking has a copy of what its customer typed, and a history of copies: erasing a person reaches all of them.
"""

from __future__ import annotations

from dataclasses import replace

from kernel.personal import Erasure, Ground, NotPersonal, PersonalColumn, Purpose, Subject, TableInventory
from kernel.text import mark

_VISIT = PersonalColumn(Subject.CUSTOMER, Purpose.VISIT, Ground.CONTRACT, Erasure.BLANK)
_NAME = replace(_VISIT, erasure=Erasure.REPLACE)
_CONTACT = replace(_VISIT, purpose=Purpose.CONTACT)
# What people answer and write to a clinic is about their health.
_WRITTEN = replace(_VISIT, may_be_sensitive=True)
_STAFF = PersonalColumn(Subject.STAFF, Purpose.VISIT, Ground.CONTRACT, Erasure.BLANK)
_ABSENCE = replace(_STAFF, may_be_sensitive=True)
_CHANGE = PersonalColumn(Subject.ANYONE, Purpose.PROOF, Ground.INTEREST, Erasure.BLANK, may_be_sensitive=True)
_PROOF = PersonalColumn(
    Subject.CUSTOMER,
    Purpose.PROOF,
    Ground.INTEREST,
    Erasure.KEEP,
    reason=mark("shows that the consent was given, as long as somebody may ask; it names a booking, no person"),
)
_FILE = replace(
    _WRITTEN,
    erasure=Erasure.KEEP,
    reason=mark("a file that waits until it is read, minutes after it came; nobody knows yet whom it names"),
)

_CUSTOMER = TableInventory(
    "scheduling.Customer",
    personal={
        "name": _NAME,
        "name_key": _VISIT,
        "notes": _WRITTEN,
        "tags": _WRITTEN,
        "tax_id": _VISIT,
        "level_reason": _WRITTEN,
    },
    other={NotPersonal.CODE: ("locale", "kind", "booking_level")},
)
_BOOKING = TableInventory(
    "scheduling.Booking",
    personal={
        "customer_name": _NAME,
        "customer_phone": _CONTACT,
        "customer_email": _CONTACT,
        "asset_label": _VISIT,
        "asset_data": _WRITTEN,
        "answers": _WRITTEN,
        "note": _WRITTEN,
        "override_reason": _CHANGE,
        "cancelled_reason": _CHANGE,
    },
    other={
        NotPersonal.CODE: (
            "reference",
            "customer_locale",
            "arrival_mode",
            "currency",
            "agreed_on",
            "agreed_timezone",
            "pause_state",
            "override_kind",
        ),
        NotPersonal.SECRET: ("token_hash", "hold_token_hash"),
        NotPersonal.MACHINE: ("ics_uid", "rule_usage", "group_share", "chosen_beside_ids"),
        NotPersonal.BUSINESS: ("policy",),
    },
)

_PEOPLE = (
    _CUSTOMER,
    _CUSTOMER.copy_as(
        "scheduling.HistoricalCustomer", without=frozenset({"name_key"}), more={"history_change_reason": _CHANGE}
    ),
    TableInventory(
        "scheduling.CustomerMerge",
        personal={
            "before": replace(_WRITTEN, erasure=Erasure.DELETE_ROW),
            "after": replace(_WRITTEN, erasure=Erasure.DELETE_ROW),
            "moved": replace(_CONTACT, erasure=Erasure.DELETE_ROW),
        },
    ),
    TableInventory("scheduling.DistinctPair"),
    TableInventory("scheduling.Contact", personal={"value": replace(_CONTACT, erasure=Erasure.DELETE_ROW)}),
    TableInventory(
        "scheduling.Consent",
        personal={"proof": _PROOF, "contact": replace(_CONTACT, erasure=Erasure.BLANK)},
        other={NotPersonal.CODE: ("channel", "text_version", "source", "language")},
    ),
    TableInventory(
        "scheduling.Asset",
        personal={"label": _VISIT, "label_key": _VISIT, "identifier": _VISIT, "data": _WRITTEN},
        other={NotPersonal.CODE: ("type_key",)},
    ),
    TableInventory(
        "scheduling.VisitsLink",
        personal={"contact": replace(_CONTACT, erasure=Erasure.DELETE_ROW)},
        other={NotPersonal.CODE: ("locale",), NotPersonal.SECRET: ("token_hash",)},
    ),
    TableInventory("scheduling.CalendarFeed", other={NotPersonal.SECRET: ("token_hash",), NotPersonal.CODE: ("key",)}),
    TableInventory(
        "scheduling.Import",
        # What somebody called a file of many goes with its rows.
        other={
            NotPersonal.CODE: ("encoding", "separator", "targets", "options", "plans", "counts", "failure"),
            NotPersonal.BUSINESS: ("heads", "file_name"),
            NotPersonal.MACHINE: ("key", "sha256"),
        },
    ),
    TableInventory("scheduling.ImportPiece", personal={"content": _FILE}),
    TableInventory(
        "scheduling.ImportRow",
        personal={
            "cells": replace(_WRITTEN, erasure=Erasure.DELETE_ROW),
            "faults": replace(_VISIT, erasure=Erasure.DELETE_ROW),
            "done": replace(_WRITTEN, erasure=Erasure.DELETE_ROW),
        },
        other={NotPersonal.CODE: ("plan", "outcome", "undo")},
    ),
    TableInventory("scheduling.AssetDue", personal={"what": _WRITTEN}, other={NotPersonal.CODE: ("on",)}),
    TableInventory("scheduling.AssetOwner", other={NotPersonal.CODE: ("from_on", "until_on")}),
    TableInventory("scheduling.AssetReading", other={NotPersonal.CODE: ("unit",)}),
    TableInventory("scheduling.CustomerSearch", personal={"keys": replace(_VISIT, erasure=Erasure.DELETE_ROW)}),
    TableInventory("scheduling.AssetMark", personal={"mark": replace(_VISIT, erasure=Erasure.DELETE_ROW)}),
)

_BOOKINGS = (
    _BOOKING,
    _BOOKING.copy_as(
        "scheduling.HistoricalBooking",
        without=frozenset({"token_hash", "hold_token_hash", "group_share"}),
        more={"history_change_reason": _CHANGE},
    ),
    TableInventory("scheduling.FormerLink", other={NotPersonal.SECRET: ("token_hash",)}),
    TableInventory("scheduling.VisitPhoto", other={NotPersonal.SECRET: ("run_hash",)}),
    TableInventory("scheduling.BookingSearch", personal={"keys": replace(_VISIT, erasure=Erasure.DELETE_ROW)}),
    TableInventory(
        "scheduling.BookingLine", other={NotPersonal.BUSINESS: ("service_name", "service_names", "add_ons")}
    ),
    TableInventory("scheduling.Series", other={NotPersonal.CODE: ("rule", "report")}),
    TableInventory("scheduling.Session", other={NotPersonal.MACHINE: ("resource_key",)}),
    TableInventory("scheduling.Allocation"),
    TableInventory("scheduling.RoundRobinLedger"),
    TableInventory("scheduling.Reminder"),
    TableInventory(
        "scheduling.Feedback",
        personal={
            "comment": replace(_WRITTEN, ground=Ground.CONSENT),
            "answer": _WRITTEN,
            "hidden_reason": _CHANGE,
            "hiding_log": _CHANGE,
        },
    ),
    TableInventory(
        "scheduling.ConversationLine",
        personal={"text": replace(_WRITTEN, erasure=Erasure.DELETE_ROW)},
        other={NotPersonal.CODE: ("author",)},
    ),
    TableInventory("scheduling.VisitNote", personal={"text": replace(_WRITTEN, erasure=Erasure.DELETE_ROW)}),
    TableInventory(
        "scheduling.DataRequest",
        personal={"text": _WRITTEN, "answer": _WRITTEN},
        other={NotPersonal.CODE: ("kind",)},
    ),
    TableInventory(
        "scheduling.WaitlistEntry",
        personal={"note": _WRITTEN, "log": _CONTACT, "details": _WRITTEN},
        other={
            NotPersonal.CODE: ("from_on", "to_on", "weekdays", "arrival_mode"),
            NotPersonal.SECRET: ("token_hash", "offer_token_hash"),
            NotPersonal.MACHINE: ("service_ids", "add_on_ids", "resource_ids", "uid", "join_key"),
        },
        kept_days=90,
    ),
    TableInventory(
        "scheduling.BulkAct",
        # What a business writes to everybody of a day is about nobody of them.
        other={
            NotPersonal.BUSINESS: ("line",),
            NotPersonal.CODE: ("kind", "state"),
            NotPersonal.MACHINE: ("key", "made"),
        },
    ),
    TableInventory(
        "scheduling.BulkRow",
        other={NotPersonal.CODE: ("outcome", "state", "reason"), NotPersonal.MACHINE: ("resource_ids", "bundle")},
    ),
    TableInventory("scheduling.RefusedDemand", other={NotPersonal.CODE: ("on", "reason", "arrival_mode")}),
)

_CATALOG = (
    TableInventory(
        "scheduling.Location",
        other={
            NotPersonal.BUSINESS: ("name", "address", "phone", "email", "map_url", "what_to_bring"),
            NotPersonal.CODE: ("timezone", "region"),
        },
    ),
    TableInventory("scheduling.HolidayAdjustment", other={NotPersonal.BUSINESS: ("on", "name")}),
    TableInventory("scheduling.ResourceType", other={NotPersonal.BUSINESS: ("name",)}),
    TableInventory(
        "scheduling.Resource",
        personal={
            "name": replace(_STAFF, erasure=Erasure.REPLACE),
            "email": _STAFF,
            "phone": _STAFF,
            "skills": _STAFF,
        },
        other={NotPersonal.CODE: ("timezone", "color")},
    ),
    TableInventory("scheduling.ResourceLane"),
    TableInventory(
        "scheduling.Service",
        other={
            NotPersonal.BUSINESS: ("name", "description", "category", "texts", "questions"),
            NotPersonal.CODE: ("arrival_modes", "reminder_offsets_minutes", "bookable_hours", "price_kind"),
        },
    ),
    TableInventory("scheduling.Requirement", other={NotPersonal.BUSINESS: ("skill",)}),
    TableInventory("scheduling.RequirementResource"),
    TableInventory("scheduling.ServiceResource"),
    TableInventory("scheduling.AddOn", other={NotPersonal.BUSINESS: ("name", "texts")}),
    TableInventory("scheduling.WorkingHours", other={NotPersonal.BUSINESS: ("valid_from", "valid_to")}),
    TableInventory(
        "scheduling.DateOverride",
        personal={"note": _ABSENCE},
        other={NotPersonal.BUSINESS: ("on", "periods"), NotPersonal.MACHINE: ("series_id",)},
    ),
    TableInventory(
        "scheduling.DaySeries",
        other={
            NotPersonal.BUSINESS: ("first_on", "last_on", "until_on"),
            NotPersonal.CODE: ("repeats",),
            NotPersonal.MACHINE: ("id",),
        },
    ),
    TableInventory(
        "scheduling.TimeOff",
        personal={"reason": _ABSENCE},
        other={NotPersonal.CODE: ("agreed_timezone",), NotPersonal.MACHINE: ("agreed_walls", "series_id")},
    ),
    TableInventory(
        "scheduling.CapacityRule",
        other={
            NotPersonal.CODE: ("arrival_mode", "weekdays"),
            NotPersonal.BUSINESS: ("valid_from", "valid_to"),
        },
    ),
    TableInventory("scheduling.RuleUsage"),
    TableInventory("scheduling.RuleTake"),
    TableInventory("scheduling.CatalogEdition"),
)

INVENTORY = (*_PEOPLE, *_BOOKINGS, *_CATALOG)
