"""Tables of scheduling, all in the tenant's schema."""

from scheduling.models.aftercare import Feedback, Reminder
from scheduling.models.allocation import Allocation, RoundRobinLedger, Session
from scheduling.models.booking import Booking, BookingLine
from scheduling.models.bulk import BulkAct, BulkRow
from scheduling.models.conversation import ConversationLine, DataRequest, VisitNote
from scheduling.models.customer import (
    Asset,
    AssetDue,
    AssetMark,
    AssetOwner,
    AssetReading,
    Consent,
    Contact,
    Customer,
    CustomerMerge,
    DistinctPair,
)
from scheduling.models.demand import RefusedDemand, WaitlistEntry
from scheduling.models.edition import CatalogEdition
from scheduling.models.former_link import FormerLink
from scheduling.models.hours import DateOverride, DaySeries, TimeOff, WorkingHours
from scheduling.models.imports import Import, ImportPiece, ImportRow
from scheduling.models.place import HolidayAdjustment, Location
from scheduling.models.resource import CalendarFeed, Resource, ResourceLane, ResourceType
from scheduling.models.rule import CapacityRule, RuleTake, RuleUsage
from scheduling.models.search import BookingSearch, CustomerSearch
from scheduling.models.series import Series
from scheduling.models.service import AddOn, Requirement, RequirementResource, Service, ServiceResource
from scheduling.models.visit_photo import VisitPhoto
from scheduling.models.visits_link import VisitsLink

__all__ = [
    "AddOn",
    "Allocation",
    "Asset",
    "AssetDue",
    "AssetMark",
    "AssetOwner",
    "AssetReading",
    "Booking",
    "BookingLine",
    "BookingSearch",
    "BulkAct",
    "BulkRow",
    "CalendarFeed",
    "CapacityRule",
    "CatalogEdition",
    "Consent",
    "Contact",
    "ConversationLine",
    "Customer",
    "CustomerMerge",
    "CustomerSearch",
    "DataRequest",
    "DateOverride",
    "DaySeries",
    "DistinctPair",
    "Feedback",
    "FormerLink",
    "HolidayAdjustment",
    "Import",
    "ImportPiece",
    "ImportRow",
    "Location",
    "RefusedDemand",
    "Reminder",
    "Requirement",
    "RequirementResource",
    "Resource",
    "ResourceLane",
    "ResourceType",
    "RoundRobinLedger",
    "RuleTake",
    "RuleUsage",
    "Series",
    "Service",
    "ServiceResource",
    "Session",
    "TimeOff",
    "VisitNote",
    "VisitPhoto",
    "VisitsLink",
    "WaitlistEntry",
    "WorkingHours",
]
