"""What a customer's visits are about (a vehicle, a pet): what is known of it, its meter and its history."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission
from edge.access import requires
from edge.language import current_language
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from scheduling.errors.customers import CustomerChanged, ReadingLower
from scheduling.selectors.customers.assets import find_meter, get_asset
from scheduling.selectors.customers.due import get_upkeep
from scheduling.selectors.customers.records import get_customer
from scheduling.selectors.customers.stories import get_asset_story
from scheduling.services.customers.assets import change_asset, create_asset
from scheduling.services.customers.due import finish_due, reopen_due, write_due
from scheduling.services.customers.readings import add_reading
from scheduling.types import AssetView
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import may_business
from verticals.registry import get_vertical
from web.errors import translate_error
from web.formats import capitalize, describe_days
from web.parts.assets import PREFIX, Asked, list_suggestions, make_asset_fields, name_meter, read_asset
from web.parts.fields import SwitchField, TextField
from web.parts.forms import PageForm
from web.parts.status_looks import get_look
from web.parts.toasts import Toast, Undo, go_on
from web.templatetags.formats import get_current_formats
from web.workspace.actors import make_actor
from web.workspace.customers.forms import LONGEST_READING, DueForm
from web.workspace.customers.words import list_terms


class AssetForm(PageForm):
    """What the trade asks about it; of all that, what tells it from others is enough."""

    def __init__(self, data: Any = None, *, known: AssetView | None = None) -> None:
        tenant = current_tenant()
        vertical = get_vertical(tenant.vertical)
        initial = {f"{PREFIX}{key}": text for key, text in known.fields.items()} if known else {}
        super().__init__(data, initial=initial)
        self.asked = Asked(vertical, current_language(), tenant.country, is_optional=True)
        self.fields |= make_asset_fields(self.asked, lambda each: list_suggestions(vertical, each.key, ""))


class ReadingForm(PageForm):
    """What the meter shows."""

    reading = TextField(
        label=gettext_lazy("What it shows now"),
        max_length=LONGEST_READING,
        attrs={"inputmode": "numeric", "autocomplete": "off", "class": "number"},
    )
    is_lower_meant = SwitchField(label=gettext_lazy("It is right: it shows less than before"))


@requires(Permission.CUSTOMER_VIEW)
@require_safe
def show_asset(request: HttpRequest, asset_id: int) -> HttpResponse:
    """Show what is known of it."""
    return _render_story(request, asset_id, ReadingForm())


@requires(Permission.CUSTOMER_MANAGE)
@require_POST
def keep_reading(request: HttpRequest, asset_id: int) -> HttpResponse:
    """Keep what its meter shows; a lower one is asked about first."""
    form = ReadingForm(request.POST)
    if not form.is_valid():
        return _render_story(request, asset_id, form, status=422)
    typed, is_meant = form.cleaned_data["reading"], form.cleaned_data["is_lower_meant"]
    try:
        add_reading(asset_id=asset_id, typed=typed, is_lower_meant=is_meant, now=utc_now())
    except Invalid as error:
        form.refuse(error)
        return _render_story(request, asset_id, form, status=422)
    except ReadingLower as error:
        form.add_error("reading", translate_error(error))
        return _render_story(request, asset_id, form, is_lower=True, status=get_status(error))
    except Forbidden as error:
        form.add_error(None, translate_error(error))
        return _render_story(request, asset_id, form, status=get_status(error))
    toast = Toast(title=gettext("Saved"), text=typed)
    return go_on(request, toast, to=reverse("workspace:customer_asset", args=[asset_id]))


@requires(Permission.CUSTOMER_MANAGE)
@require_POST
def keep_due(request: HttpRequest, asset_id: int) -> HttpResponse:
    """Note what is due next."""
    form = DueForm(request.POST)
    if not form.is_valid():
        return _render_story(request, asset_id, ReadingForm(), due_form=form, status=422)
    typed = form.cleaned_data
    try:
        write_due(
            asset_id=asset_id,
            what=typed["what"],
            at_meter=typed.get("at_meter", ""),
            on=typed["on"],
            by=make_actor(request),
            now=utc_now(),
        )
    except Invalid as error:
        form.refuse(error)
        return _render_story(request, asset_id, ReadingForm(), due_form=form, status=422)
    except Forbidden as error:
        form.add_error(None, translate_error(error))
        return _render_story(request, asset_id, ReadingForm(), due_form=form, status=get_status(error))
    toast = Toast(title=gettext("Saved"), text=typed["what"] or gettext("Next service"))
    return go_on(request, toast, to=reverse("workspace:customer_asset", args=[asset_id]))


@requires(Permission.CUSTOMER_MANAGE)
@require_POST
def finish(request: HttpRequest, asset_id: int, due_id: int) -> HttpResponse:
    """Take off what is done."""
    return _switch_due(request, asset_id, due_id, is_done=True)


@requires(Permission.CUSTOMER_MANAGE)
@require_POST
def reopen(request: HttpRequest, asset_id: int, due_id: int) -> HttpResponse:
    """Put back what was taken off."""
    return _switch_due(request, asset_id, due_id, is_done=False)


@requires(Permission.CUSTOMER_MANAGE)
def make_asset(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Give a customer another one."""
    customer = get_customer(customer_id=customer_id)
    back_url, back = reverse("workspace:customer", args=[customer_id]), customer.setup.name
    if request.method != "POST":
        return _render_form(request, AssetForm(), back_url, back)
    form = AssetForm(request.POST)
    try:
        made = create_asset(customer_id=customer_id, fields=_read(form), now=utc_now())
    except (Invalid, Conflict, Forbidden) as error:
        return _refuse(request, form, error, back_url, back)
    toast = Toast(title=gettext("Saved"), text=get_asset(asset_id=made).label)
    return go_on(request, toast, to=reverse("workspace:customer_asset", args=[made]))


@requires(Permission.CUSTOMER_MANAGE)
def change_known(request: HttpRequest, asset_id: int) -> HttpResponse:
    """Change what is said about it; what was said in bookings stays."""
    asset = get_asset(asset_id=asset_id)
    back_url = reverse("workspace:customer_asset", args=[asset_id])
    if request.method != "POST":
        return _render_form(request, AssetForm(known=asset), back_url, asset.label, asset=asset)
    form = AssetForm(request.POST, known=asset)
    try:
        is_changed = change_asset(
            asset_id=asset_id, fields=_read(form), seen=request.POST.get("seen", "") or "-", now=utc_now()
        )
    except (Invalid, Conflict, Forbidden) as error:
        return _refuse(request, form, error, back_url, asset.label, asset=asset)
    title = gettext("Saved") if is_changed else gettext("Nothing changed.")
    return go_on(request, Toast(title=title, text=get_asset(asset_id=asset_id).label), to=back_url)


def _switch_due(request: HttpRequest, asset_id: int, due_id: int, *, is_done: bool) -> HttpResponse:
    asset, to = get_asset(asset_id=asset_id), reverse("workspace:customer_asset", args=[asset_id])
    try:
        if is_done:
            finish_due(asset_id=asset_id, due_id=due_id, now=utc_now())
        else:
            reopen_due(asset_id=asset_id, due_id=due_id)
    except (NotFound, Forbidden) as error:
        return go_on(request, Toast(title=asset.label, text=translate_error(error), tone="bad"), to=to)
    undo = Undo(url=reverse("workspace:customer_due_reopen", args=[asset_id, due_id]), fields={}) if is_done else None
    title = gettext("Taken off") if is_done else gettext("Put back")
    return go_on(request, Toast(title=title, text=asset.label, undo=undo), to=to)


def _read(form: AssetForm) -> dict[str, str]:
    form.is_valid()  # what was typed is judged by the service
    return read_asset(form, form.asked)


def _refuse(
    request: HttpRequest,
    form: AssetForm,
    error: Invalid | Conflict | Forbidden,
    back_url: str,
    back: str,
    *,
    asset: AssetView | None = None,
) -> HttpResponse:
    if isinstance(error, Invalid):
        form.refuse(error)
    else:
        form.add_error(None, translate_error(error))
    # Who was told that somebody else changed it sees what it says now, and may save over it.
    seen = "" if isinstance(error, CustomerChanged) else request.POST.get("seen", "")
    return _render_form(request, form, back_url, back, asset=asset, seen=seen, status=get_status(error))


def _render_form(
    request: HttpRequest,
    form: AssetForm,
    back_url: str,
    back: str,
    *,
    asset: AssetView | None = None,
    seen: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "asset": asset,
        "seen": seen or (asset.mark if asset else ""),
        "back_url": back_url,
        "back": back,
        "word": capitalize(list_terms().get("asset", "")),
        "may_write": may_business(Ability.WRITE),
    }
    return render(request, "workspace/customers/asset_form.html", context, status=status)


def _render_story(
    request: HttpRequest,
    asset_id: int,
    form: ReadingForm,
    *,
    due_form: DueForm | None = None,
    is_lower: bool = False,
    status: int = 200,
) -> HttpResponse:
    story, terms = get_asset_story(asset_id=asset_id, now=utc_now()), list_terms()
    vertical, language = get_vertical(current_tenant().vertical), current_language()
    meter = find_meter()
    fields = vertical.asset.fields if vertical.asset else ()
    facts = [
        (vertical.label_field(each, language=language, country=current_tenant().country), story.asset.fields[each.key])
        for each in fields
        if story.asset.fields.get(each.key) and not each.is_meter
    ]
    context = {
        "story": story,
        "asset": story.asset,
        "owners": [(each, describe_days(get_current_formats(), each.from_on, each.until_on)) for each in story.owners],
        "facts": [(gettext(label), text) for label, text in facts],
        "visits": [
            (row, get_look(row.status, is_attendance_confirmed=row.is_attendance_confirmed)) for row in story.visits
        ],
        "form": form,
        "due_form": due_form or DueForm(),
        "has_problems": bool(form.errors or (due_form and due_form.errors)),
        "upkeep": get_upkeep(asset_id=asset_id, now=utc_now()),
        "unit": name_meter()[1],
        "is_lower": is_lower,
        "meter": meter,
        "meter_word": next((gettext(str(each.label)) for each in fields if each.is_meter), ""),
        "word": capitalize(terms.get("asset", "")),
        "may_write": may_business(Ability.WRITE),
    }
    return render(request, "workspace/customers/asset.html", context, status=status)
