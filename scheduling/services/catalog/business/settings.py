"""The business's own settings: checked, compared, saved with history, told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from audit.enums import Action
from audit.errors import ChangedMeanwhile
from audit.selectors.log import list_changes
from audit.services.log import log_changes
from audit.types import NewEntry
from kernel.identity.profiles import NETWORKS
from kernel.languages import LANGUAGES
from kernel.text import mark
from notifications.services.outbox import publish
from scheduling.services.catalog.checks import (
    CHOICE_UNKNOWN,
    COLOR_WRONG,
    FieldErrors,
    clean_line,
    clean_lines,
)
from scheduling.services.catalog.door import compare
from scheduling.types import ASKED_CONSENTS, Actor
from tenants.context import current_tenant
from tenants.countries import list_countries
from tenants.enums import Ability
from tenants.policies import check_business_may
from tenants.services.business import lock_business, save_business
from tenants.types import BusinessSetup, BusinessText
from verticals.contract import FeedbackAsk, Tone

NOUN = "business"
PROFILE_WRONG = mark("Type the name of your profile, such as @yourbusiness, or paste its address.")
LINK_WRONG = mark("Paste the whole address of the page, which begins with https://.")
PRIVACY_WRONG = mark("Paste the whole address of your privacy notice, which begins with https://.")
BUDGET_WRONG = mark("From 0 to 100,000 a day.")
LINE_TOO_LONG = mark("At most 120 characters: it is one line.")
TEXT_TOO_LONG = mark("At most 600 characters in each language.")
MAIN_LANGUAGE_MISSING = mark("The language of the business has to be among them.")
LINKS = ("website", *NETWORKS, "review_url")
NAME_LENGTH, LINK_LENGTH, TEXT_LENGTH, ABOUT_LENGTH = 120, 300, 600, 120
TEXTS = ("about", "bring", "policy", "after", "notice")
MOST_PER_DAY = 100_000


@transaction.atomic
def change_business(*, setup: BusinessSetup, version: int, by: Actor, now: datetime) -> int:
    """Save what differs and return the version, the same when nothing does.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
        ChangedMeanwhile: It has another version by now; says what was done since.
        SetupInvalid: Names every field that cannot be.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    before, current = lock_business()
    business_id = current_tenant().id
    if version != current:
        changes = list_changes(noun=NOUN, row_id=business_id, after_version=version)
        raise ChangedMeanwhile(version=current, changes=changes)
    return save_change(before, check_business(setup), current=current, by=by, now=now)


def save_change(before: BusinessSetup, after: BusinessSetup, *, current: int, by: Actor, now: datetime) -> int:
    """Save what differs from what `lock_business` returned, with history, and return the version.

    Raises:
        StatusForbids: The state of the business lets nobody change anything.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    changed = compare(before, after)
    if not changed:
        return current
    business_id = current_tenant().id
    save_business(after, version=current + 1)
    entry = NewEntry(NOUN, business_id, current + 1, Action.CHANGED, changed)
    log_changes([entry], user_id=by.user_id, now=now)
    publish(kind=f"{NOUN}.changed", subject_id=business_id, payload={"fields": sorted(changed)}, now=now)
    return current + 1


def check_business(setup: BusinessSetup) -> BusinessSetup:
    """Return what can be saved.

    Raises:
        SetupInvalid: Names every field that cannot be.
    """
    errors = FieldErrors()
    setup = replace(
        setup,
        name=clean_line(setup.name),
        accent=setup.accent.strip().lower(),
        email=errors.clean_email("email", setup.email),
        website=errors.clean_link("website", setup.website, text=LINK_WRONG),
        instagram=errors.clean_profile("instagram", setup.instagram, text=PROFILE_WRONG),
        facebook=errors.clean_profile("facebook", setup.facebook, text=PROFILE_WRONG),
        tiktok=errors.clean_profile("tiktok", setup.tiktok, text=PROFILE_WRONG),
        review_url=errors.clean_link("review_url", setup.review_url, text=LINK_WRONG),
        privacy_url=errors.clean_link("privacy_url", setup.privacy_url, text=PRIVACY_WRONG),
        languages=_order(setup.languages, LANGUAGES),
        consents=_order(setup.consents, ASKED_CONSENTS),
        sms_countries=tuple(sorted(set(setup.sms_countries))),
        texts=_clean_texts(setup.texts),
    )
    errors.check_name(setup.name, length=NAME_LENGTH)
    errors.require(re.fullmatch(r"#[0-9a-f]{6}", setup.accent) is not None, "accent", COLOR_WRONG)
    errors.check_zone(setup.timezone)
    for name in (*LINKS, "privacy_url"):
        errors.check_text(name, getattr(setup, name), length=LINK_LENGTH)
    errors.require(setup.locale in LANGUAGES, "locale", CHOICE_UNKNOWN)
    errors.require(set(setup.languages) <= set(LANGUAGES), "languages", CHOICE_UNKNOWN)
    errors.require(not setup.languages or setup.locale in setup.languages, "languages", MAIN_LANGUAGE_MISSING)
    errors.require(set(setup.consents) <= set(ASKED_CONSENTS), "consents", CHOICE_UNKNOWN)
    errors.require(setup.clock in {"", "12", "24"}, "clock", CHOICE_UNKNOWN)
    errors.require(setup.tone in {"", *Tone}, "tone", CHOICE_UNKNOWN)
    errors.require(setup.feedback in {"", *FeedbackAsk}, "feedback", CHOICE_UNKNOWN)
    errors.require(set(setup.sms_countries) <= set(list_countries()), "sms_countries", CHOICE_UNKNOWN)
    for name in ("emails_per_day", "sms_per_day"):
        errors.check_number(name, getattr(setup, name), 0, MOST_PER_DAY, BUDGET_WRONG)
    for text in setup.texts:
        errors.require(text.language in LANGUAGES, "texts", CHOICE_UNKNOWN)
        for name in TEXTS:
            length, too_long = (ABOUT_LENGTH, LINE_TOO_LONG) if name == "about" else (TEXT_LENGTH, TEXT_TOO_LONG)
            errors.check_text(f"{name}_{text.language}", getattr(text, name), length=length, too_long=too_long)
    errors.raise_any()
    return setup


def _clean_texts(texts: Iterable[BusinessText]) -> tuple[BusinessText, ...]:
    cleaned = [
        replace(each, **{name: clean_lines(getattr(each, name)) for name in TEXTS} | {"about": clean_line(each.about)})
        for each in texts
    ]
    kept = [each for each in cleaned if not each.is_empty]
    return tuple(sorted(kept, key=lambda each: each.language))


def _order(chosen: Iterable[str], known: tuple[str, ...]) -> tuple[str, ...]:
    wanted = dict.fromkeys(chosen)
    return (*(each for each in known if each in wanted), *(each for each in wanted if each not in known))
