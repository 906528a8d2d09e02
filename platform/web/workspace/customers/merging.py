"""Two records of one person: suggested, looked at side by side, merged, and parted again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, DomainError, Forbidden, Invalid
from kernel.ids import read_row_id
from scheduling.enums import BookingLevel, CustomerKind
from scheduling.selectors.customers.comparing import compare_customers
from scheduling.selectors.customers.listing import list_for_desk
from scheduling.selectors.customers.merges import CHOSEN, list_alike
from scheduling.selectors.customers.records import get_customer
from scheduling.services.customers.merging import merge_customers, part_customers, tell_apart
from scheduling.types import CustomersAsked, CustomerView, Likeness, MergePreview
from tenants.enums import Ability
from tenants.policies import may_business
from web.errors import translate_error
from web.parts.toasts import Toast, Undo, go_on
from web.workspace.actors import make_actor
from web.workspace.customers.profile import FIELDS
from web.workspace.customers.words import name_assets

KEPT, GONE = "kept", "gone"
LANGUAGES = {"es": gettext_lazy("Spanish"), "en": gettext_lazy("English")}
MOST_FOUND = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """A column in which two records differ; ``taken`` is whose is taken (`KEPT`, `GONE`)."""

    name: str
    label: str
    kept: str
    gone: str
    taken: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two records that may be one person, and why in words."""

    likeness: Likeness
    reasons: tuple[str, ...]


@requires(Permission.CUSTOMER_MANAGE)
@require_safe
def list_duplicates(request: HttpRequest) -> HttpResponse:
    """List records that may stand for one person."""
    doubts = [Doubt(each, _say_why(each)) for each in list_alike()]
    return render(request, "workspace/customers/duplicates.html", {"doubts": doubts, "may_write": _may_write()})


@requires(Permission.CUSTOMER_MANAGE)
@require_safe
def choose_other(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Let somebody say with which other record this one is merged: those that are alike first, or any by search."""
    customer = get_customer(customer_id=customer_id)
    typed = " ".join(request.GET.get("q", "").split())
    found = list_for_desk(CustomersAsked(search=typed, limit=MOST_FOUND), now=utc_now()).rows if typed else ()
    context = {
        "customer": customer,
        "doubts": [Doubt(each, _say_why(each)) for each in list_alike(customer_id=customer_id)],
        "typed": typed,
        "found": [row for row in found if row.id != customer_id],
        "assets_word": name_assets(),
    }
    return render(request, "workspace/customers/choose_other.html", context)


@requires(Permission.CUSTOMER_MANAGE)
def merge_pair(request: HttpRequest, kept_id: int, gone_id: int) -> HttpResponse:
    """Show two records side by side, or make one of them."""
    if request.method != "POST":
        return _show_pair(request, kept_id, gone_id)
    taken = {name for name in CHOSEN if request.POST.get(name) == GONE}
    try:
        merge_id = merge_customers(
            kept_id=kept_id,
            gone_id=gone_id,
            taken=taken,
            seen=request.POST.get("seen", "") or "-",
            by=make_actor(request),
            now=utc_now(),
        )
    except Invalid as error:
        problems = [gettext(each) for many in error.errors.values() for each in many]
        return _show_pair(request, kept_id, gone_id, problems=problems, status=422)
    except (Conflict, Forbidden) as error:
        return _show_pair(request, kept_id, gone_id, problems=[translate_error(error)], status=get_status(error))
    kept = get_customer(customer_id=kept_id)
    undo = Undo(url=reverse("workspace:customer_part", args=[merge_id]), fields={})
    toast = Toast(title=gettext("One record now"), text=kept.setup.name, undo=undo)
    return go_on(request, toast, to=reverse("workspace:customer", args=[kept_id]))


@requires(Permission.CUSTOMER_MANAGE)
@require_POST
def part_pair(request: HttpRequest, merge_id: int) -> HttpResponse:
    """Make two records of one again."""
    back = read_row_id(request.POST.get("back"))
    to = reverse("workspace:customers") if back is None else reverse("workspace:customer", args=[back])
    try:
        stays = part_customers(merge_id=merge_id, by=make_actor(request), now=utc_now())
    except DomainError as error:
        return go_on(request, Toast(title=translate_error(error), tone="bad"), to=to)
    text = _say_stays(stays)
    return go_on(request, Toast(title=gettext("Two records again"), text=text), to=to)


@requires(Permission.CUSTOMER_MANAGE)
@require_POST
def keep_apart(request: HttpRequest, kept_id: int, gone_id: int) -> HttpResponse:
    """Note that two records are two people."""
    to = reverse("workspace:customer_duplicates")
    try:
        tell_apart(first_id=kept_id, second_id=gone_id, by=make_actor(request), now=utc_now())
    except (Conflict, Forbidden) as error:
        return go_on(request, Toast(title=translate_error(error), tone="bad"), to=to)
    return go_on(request, Toast(title=gettext("Noted: they are two people")), to=to)


def _show_pair(
    request: HttpRequest, kept_id: int, gone_id: int, *, problems: Iterable[str] = (), status: int = 200
) -> HttpResponse:
    try:
        preview = compare_customers(kept_id=kept_id, gone_id=gone_id, now=utc_now())
    except Conflict as error:
        return go_on(
            request, Toast(title=translate_error(error), tone="bad"), to=reverse("workspace:customer", args=[kept_id])
        )
    same = preview.same_assets
    context = {
        "preview": preview,
        "sides": (preview.kept, preview.gone),
        "reasons": _say_why(preview.likeness),
        "choices": _list_choices(preview, request),
        "same_assets": same,
        "asset_count": len(preview.kept.assets) + len([each for each in preview.gone.assets if each.id not in same]),
        "visit_count": preview.kept.counts.came + preview.gone.counts.came,
        "coming_count": preview.kept.counts.coming + preview.gone.counts.coming,
        "assets_word": name_assets(),
        "problems": list(problems),
        "may_write": _may_write(),
    }
    return render(request, "workspace/customers/merge.html", context, status=status)


def _list_choices(preview: MergePreview, request: HttpRequest) -> list[Choice]:
    choices = []
    for name in CHOSEN:
        kept, gone = (_say(name, side.view) for side in (preview.kept, preview.gone))
        if kept == gone:
            continue
        best = GONE if name in preview.suggested else KEPT
        said = request.POST.get(name, best)
        choices.append(Choice(name, str(FIELDS[name]), kept, gone, said if said in {KEPT, GONE} else best))
    return choices


def _say(name: str, view: CustomerView) -> str:
    setup = view.setup
    if name == "kind":
        return str(CustomerKind(setup.kind).label)
    if name == "booking_level":
        return " · ".join(filter(None, (str(BookingLevel(setup.booking_level).label), setup.level_reason)))
    if name == "locale":
        return str(LANGUAGES.get(setup.locale, setup.locale))
    return str(getattr(setup, name)) or "–"


def _say_why(likeness: Likeness) -> tuple[str, ...]:
    said = [
        gettext("same name") if likeness.is_same_name else "",
        gettext("same phone") if any("@" not in each for each in likeness.contacts) else "",
        gettext("same e-mail") if any("@" in each for each in likeness.contacts) else "",
        gettext("same identification") if likeness.marks else "",
    ]
    return tuple(filter(None, said))


def _say_stays(stays: Iterable[str]) -> str:
    named = [str(FIELDS[name]) for name in stays if name in FIELDS]
    if not named:
        return ""
    return gettext("Somebody changed these since, so they stay: %(fields)s") % {"fields": ", ".join(named)}


def _may_write() -> bool:
    return may_business(Ability.WRITE)
