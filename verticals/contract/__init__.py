"""What an industry pack provides, as frozen values, checked when it registers.

A pack is one `Vertical`. Texts in it come in two kinds:

* **marked texts** (``label``, ``hint``, findings): English msgids, translated by gettext where
  they are shown;
* **words** (`Words`): all languages side by side, for what is copied into a new tenant's own
  data (names of services) and for the vocabulary, which may also differ by country.

Third parties publish theirs as a package with an entry point in the group
``turnero.verticals`` whose value is the `Vertical` itself.
"""

from verticals.contract.asset import (
    AssetCheck,
    AssetField,
    AssetType,
    Choice,
    FieldCheck,
    FieldContext,
    FieldKind,
    Findings,
    Suggestions,
    Validator,
)
from verticals.contract.checks import check_vertical
from verticals.contract.errors import VerticalBroken, VerticalUnknown
from verticals.contract.intake import ArrivalMode, Intake, IntakeCheck
from verticals.contract.starter_kit import (
    KitAddOn,
    KitApproval,
    KitCapacityRule,
    KitHours,
    KitRequirement,
    KitResource,
    KitResourceType,
    KitService,
    StarterKit,
    price_list,
)
from verticals.contract.vertical import BoardState, FeedbackAsk, Tone, Vertical, VerticalHooks, VisitDraft
from verticals.contract.words import TERMS, Terms, Words, pick

__all__ = [
    "TERMS",
    "ArrivalMode",
    "AssetCheck",
    "AssetField",
    "AssetType",
    "BoardState",
    "Choice",
    "FeedbackAsk",
    "FieldCheck",
    "FieldContext",
    "FieldKind",
    "Findings",
    "Intake",
    "IntakeCheck",
    "KitAddOn",
    "KitApproval",
    "KitCapacityRule",
    "KitHours",
    "KitRequirement",
    "KitResource",
    "KitResourceType",
    "KitService",
    "StarterKit",
    "Suggestions",
    "Terms",
    "Tone",
    "Validator",
    "Vertical",
    "VerticalBroken",
    "VerticalHooks",
    "VerticalUnknown",
    "VisitDraft",
    "Words",
    "check_vertical",
    "pick",
    "price_list",
]
