"""The list that leads a new business to its first customer: beside the board until all is done, or put away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from accounts.policies import Permission, has_permission
from scheduling.enums import FirstStep, PublishBlocker
from scheduling.selectors.first_run.steps import FirstRun, read_first_run
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import may_business
from tenants.types import USUAL_ACCENT
from web.formats import format_phone
from web.templatetags.formats import local_date_time

TEST_QUERY = "?test=1"


@dataclass(frozen=True, slots=True)
class StepText:
    """What a step is called, why it is worth while, what its button says, and how many minutes it takes."""

    title: str | Promise
    why: str | Promise
    button: str | Promise
    minutes: int


TEXTS: Mapping[FirstStep, StepText] = {
    FirstStep.SERVICES: StepText(
        gettext_lazy("Services and prices"),
        gettext_lazy("Keep what you offer, change names and prices, remove the rest."),
        gettext_lazy("Look at the services"),
        4,
    ),
    FirstStep.PEOPLE: StepText(
        gettext_lazy("Team and places to work"),
        gettext_lazy("Who does the work: give the samples their real names."),
        gettext_lazy("Name the team"),
        2,
    ),
    FirstStep.HOURS: StepText(
        gettext_lazy("Opening hours"),
        gettext_lazy("Customers book only while somebody works."),
        gettext_lazy("Set the hours"),
        2,
    ),
    FirstStep.CONTACT: StepText(
        gettext_lazy("Address and phone"),
        gettext_lazy("They are in the confirmation, so your customers know where to go and whom to call."),
        gettext_lazy("Add the address"),
        2,
    ),
    FirstStep.LOOK: StepText(
        gettext_lazy("Logo and color"),
        gettext_lazy("Optional. Without a logo we use your initials."),
        gettext_lazy("Choose the look"),
        2,
    ),
    FirstStep.TEST: StepText(
        gettext_lazy("Test booking"),
        gettext_lazy("Book as a customer. It takes up no time and sends messages only to you."),
        gettext_lazy("Book as a customer"),
        1,
    ),
    FirstStep.PUBLISH: StepText(
        gettext_lazy("Publish"),
        gettext_lazy("From then on everybody can book. You can unpublish it at any time."),
        gettext_lazy("Publish"),
        1,
    ),
    FirstStep.SHARE: StepText(
        gettext_lazy("Share"),
        gettext_lazy("Copy the link, send it, or print the poster."),
        gettext_lazy("Mark as done"),
        1,
    ),
}
URL_NAMES: Mapping[FirstStep, str] = {
    FirstStep.SERVICES: "services",
    FirstStep.PEOPLE: "resources",
    FirstStep.HOURS: "hours",
    FirstStep.CONTACT: "locations",
    FirstStep.LOOK: "settings_business",
    FirstStep.TEST: "page",
    FirstStep.PUBLISH: "page",
    FirstStep.SHARE: "page",
}
POSTED: Mapping[FirstStep, str] = {FirstStep.PUBLISH: "page_publish", FirstStep.SHARE: "page_shared"}
"""Steps that a button takes at once."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step as it is drawn; ``state`` is ``done``, ``next``, ``open`` or ``locked``."""

    key: str
    text: StepText
    state: str
    note: str | Promise
    url: str
    post_url: str
    later_url: str


@dataclass(frozen=True, slots=True)
class Guide:
    """The list of steps.

    Attributes:
        minutes: About how long what is missing takes.
        blockers: What stands in the way of publishing.
        samples: How many services and resources the starter kit made up.
    """

    rows: tuple[StepRow, ...]
    done: int
    minutes: int
    blockers: tuple[PublishBlocker, ...]
    samples: int

    @property
    def percent(self) -> int:
        """How much of it is done."""
        return round(100 * self.done / len(self.rows))


def find_guide(request: HttpRequest, *, now: datetime) -> Guide | None:
    """Return the list for whoever can take its steps; None where it was put away; no query in that case.

    ``?step=`` opens another step than the first that is missing: it was left for later.
    """
    is_for = has_permission(request.user, Permission.SETTINGS_MANAGE) and may_business(Ability.WRITE)
    if not is_for or current_tenant().guide_ended_at is not None:
        return None
    return make_guide(read_first_run(now=now), asked=request.GET.get("step", ""))


def make_guide(run: FirstRun, *, asked: str = "") -> Guide:
    """Draw the steps, one of them open."""
    missing = [step for step in FirstStep if step not in run.done and not _is_locked(step, run) and _find_url(step)]
    opened = next((step for step in missing if step.value == asked), next(iter(missing), None))
    rows = tuple(_make_row(step, run, opened, missing) for step in FirstStep)
    return Guide(
        rows=rows,
        done=len(run.done),
        minutes=sum(TEXTS[step].minutes for step in FirstStep if step not in run.done),
        blockers=run.blockers,
        samples=run.samples,
    )


def _make_row(step: FirstStep, run: FirstRun, opened: FirstStep | None, missing: list[FirstStep]) -> StepRow:
    after = missing[missing.index(step) + 1 :] if step in missing else []
    later = next(iter(after), None)
    is_blocked = step is FirstStep.PUBLISH and bool(run.blockers)
    return StepRow(
        key=step.value,
        text=TEXTS[step],
        state=_find_state(step, run, opened),
        note=_describe(step, run),
        url=_find_url(step),
        post_url=reverse(f"workspace:{POSTED[step]}") if step in POSTED and not is_blocked else "",
        later_url="" if later is None else f"?step={later.value}",
    )


def _find_url(step: FirstStep) -> str:
    """Return where a step is taken; empty: there is no such page, and nothing leads to it."""
    if step is FirstStep.TEST:
        return reverse("booking:start") + TEST_QUERY
    try:
        return reverse(f"workspace:{URL_NAMES[step]}")
    except NoReverseMatch:
        return ""


def _is_locked(step: FirstStep, run: FirstRun) -> bool:
    return step is FirstStep.SHARE and FirstStep.PUBLISH not in run.done


def _find_state(step: FirstStep, run: FirstRun, opened: FirstStep | None) -> str:
    if step in run.done:
        return "done"
    if _is_locked(step, run):
        return "locked"
    return "next" if step is opened else "open"


def _describe(step: FirstStep, run: FirstRun) -> str | Promise:
    """Say in a line what is there, or why the step is worth while."""
    if step is FirstStep.PUBLISH and step not in run.done and run.blockers:
        return " ".join(str(each.label) for each in run.blockers)
    if step is FirstStep.SHARE and step not in run.done and FirstStep.PUBLISH not in run.done:
        return gettext("Link, WhatsApp and a poster with a QR code, once you have published.")
    return _describe_done(step, run) if step in run.done else TEXTS[step].why


def _describe_done(step: FirstStep, run: FirstRun) -> str:
    tenant = current_tenant()
    contact = " · ".join(part for part in (run.address, format_phone(run.phone, tenant.country)) if part)
    days = run.open_weekdays
    return {
        FirstStep.SERVICES: _count_services(run),
        FirstStep.PEOPLE: ngettext("%(count)s person", "%(count)s people", run.people) % {"count": run.people},
        FirstStep.HOURS: ngettext("Open %(count)s day a week", "Open %(count)s days a week", days) % {"count": days},
        FirstStep.CONTACT: contact,
        FirstStep.LOOK: _describe_look(),
        FirstStep.TEST: gettext("Done: %(when)s") % {"when": _name(tenant.tested_at)},
        FirstStep.PUBLISH: gettext("Published: %(when)s") % {"when": _name(tenant.published_at)},
        FirstStep.SHARE: gettext("Done: %(when)s") % {"when": _name(tenant.shared_at)},
    }[step]


def _describe_look() -> str:
    tenant = current_tenant()
    has_color, has_logo = tenant.accent != USUAL_ACCENT, tenant.logo is not None
    if has_color and has_logo:
        return gettext("With your logo and in your color")
    if has_logo:
        return gettext("With your logo")
    return gettext("In your color") if has_color else gettext("With your photo")


def _count_services(run: FirstRun) -> str:
    count = ngettext("%(count)s service online", "%(count)s services online", run.services) % {"count": run.services}
    own = gettext("%(count)s of them yours") % {"count": run.own_services}
    return count if run.own_services == run.services else f"{count}, {own}"


def _name(at: datetime | None) -> str:
    return "" if at is None else local_date_time(at, current_tenant().timezone)
