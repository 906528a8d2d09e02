"""The pages of the week: the grid of a location, the same as a plain form of one row, and what they save."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission, has_permission
from audit.errors import ChangedMeanwhile
from audit.selectors.log import list_changes
from edge.access import requires
from edge.reading import NotRead, check_date
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid
from kernel.ids import read_row_id
from kernel.text import mark
from scheduling.enums import CatalogNoun
from scheduling.errors import LocationNotFound, ResourceNotFound
from scheduling.selectors.catalog.calendars import list_weeks
from scheduling.selectors.catalog.entries import get_resource_entry
from scheduling.selectors.catalog.services import list_locations
from scheduling.services.catalog.hours import change_weeks, count_touched
from scheduling.types import Applied, LocationView
from scheduling.types.weeks import OwnedWeek, WeekView, read_plan, replace_plan
from tenants.enums import Ability
from tenants.policies import may_business
from web.errors import translate_error
from web.formats import to_local
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor
from web.workspace.changes.review import Story, asks_back, review_or_save, say_applied
from web.workspace.crud.history import make_steps
from web.workspace.hours.drawing import DrawnWeek
from web.workspace.hours.sheet import SheetRow, WeekSheet, copy_rows
from web.workspace.hours.spans import Span, add_span, choose_span, find_neighbor, list_spans, read_span
from web.workspace.team.forms import ResourceForm

DATES_WRONG = mark("The last day is before the first.")


@dataclass(frozen=True, slots=True)
class WeekPage:
    """What an address of the week asks for.

    Attributes:
        kinds: The types of what there is at the location; ``kind`` is the one whose rows are shown.
        who: Key of the row that a phone shows.
        dates: The dates of a period that is being added, as they were typed; ``dates_wrong`` says what is wrong.
    """

    places: Sequence[LocationView]
    place: LocationView
    views: tuple[WeekView, ...]
    spans: tuple[Span, ...]
    span: Span
    kinds: tuple[tuple[int, str], ...]
    kind: int | None
    who: str
    dates: tuple[str, str]
    dates_wrong: str

    @property
    def query(self) -> dict[str, str]:
        """Return what all links of the page carry."""
        return {"location": str(self.place.id), "kind": str(self.kind or "")}

    def make_url(self, name: str = "hours", *args: str, **changes: str) -> str:
        """Return an address with the same choices, and ``changes``."""
        span = {"from": self.dates[0], "to": self.dates[1]} if self.span.is_added else {"span": self.span.key}
        query = {key: value for key, value in {**self.query, **span, **changes}.items() if value}
        return f"{reverse(f'workspace:{name}', args=args)}?{urlencode(query)}"

    @property
    def carried(self) -> str:
        """Return what the address of a row carries, encoded."""
        return self.make_url().partition("?")[2]

    @property
    def week_url(self) -> str:
        """Return the address of the grid as it is shown."""
        return self.make_url()

    @property
    def base_url(self) -> str:
        """Return the address of the grid without a period."""
        return f"{reverse('workspace:hours')}?{urlencode(self.query)}"

    @property
    def save_url(self) -> str:
        """Return the address that saves rows."""
        return self.make_url("hours_save")

    @property
    def draw_url(self) -> str:
        """Return the address that draws rows which are not saved yet."""
        return self.make_url("hours_draw")

    def pick(self, sheet: WeekSheet) -> list[SheetRow]:
        """Return the rows that the page shows: the location and what is of the chosen type, and all that was sent."""
        return [row for row in sheet.rows if row.is_place or row.view.type_id == self.kind or row.is_sent]


@requires(Permission.CATALOG_VIEW)
@require_safe
def show_week(request: HttpRequest) -> HttpResponse:
    """Answer with the week of a location."""
    page = _load(request)
    return _render(request, page, WeekSheet(page.views, page.span))


@requires(Permission.CATALOG_MANAGE)
@require_POST
def draw_week(request: HttpRequest) -> HttpResponse:
    """Answer with the rows as they would be, and what is wrong with them; nothing is saved."""
    page = _load(request, span=request.POST.get("span", ""))
    sheet = WeekSheet(page.views, page.span, request.POST)
    weeks = sheet.list_changes()
    touched = 0 if sheet.findings else count_touched(weeks, by=make_actor(request), now=utc_now())
    return render(request, "workspace/hours/rows.html", _describe(request, page, sheet) | {"touched": touched})


@requires(Permission.CATALOG_MANAGE)
@require_POST
def save_week(request: HttpRequest) -> HttpResponse:
    """Save the rows that were sent, all or none, or take a period back."""
    page = _load(request, span=request.POST.get("span", ""))
    if request.POST.get("do") == "remove":
        return _remove_span(request, page)
    return _try_to_save(request, page, request.POST, "")


@requires(Permission.CATALOG_MANAGE)
def edit_row(request: HttpRequest, key: str) -> HttpResponse:
    """Answer the form of one row, or save it: everything that the grid can, without a script."""
    page = _load(request, key=key, span=request.POST.get("span", ""))
    is_sent = request.method == "POST"
    data = copy_rows(request.POST, key) if is_sent else None
    sheet = WeekSheet(page.views, page.span, data)
    if key not in sheet.by_key:
        raise ResourceNotFound
    if data is None:
        return _render(request, page, sheet, key=key)
    return _try_to_save(request, page, data, key)


def _try_to_save(request: HttpRequest, page: WeekPage, data: QueryDict, key: str) -> HttpResponse:
    sheet = WeekSheet(page.views, page.span, data)
    weeks = sheet.list_changes()
    names = ", ".join(row.view.name for row in sheet.sent) or page.place.name
    if asks_back(request):
        return _render(request, page, sheet, key=key)
    if sheet.findings:
        return _render(request, page, sheet, key=key, status=422)
    story = Story(
        title=gettext("Change the hours of %(names)s") % {"names": names},
        text=page.span.dates,
        back_url=page.week_url,
        back_label=pgettext("page", "Hours"),
        again=lambda: _render(request, page, sheet, key=key),
    )
    try:
        applied = review_or_save(request, lambda: change_weeks(weeks, by=make_actor(request), now=utc_now()), story)
    except ChangedMeanwhile as error:
        _tell_changes(sheet)
        return _render(request, page, sheet, key=key, status=get_status(error), is_clash=True)
    except (Conflict, Forbidden, Invalid) as error:
        return _render(request, page, sheet, key=key, status=get_status(error), refusal=translate_error(error))
    if isinstance(applied, HttpResponse):
        return applied
    to = page.make_url("hours_row", key, span=page.span.key) if key else page.make_url(span=page.span.key)
    return go_on(request, _say_saved(gettext("Saved"), names, applied), to=to)


def _remove_span(request: HttpRequest, page: WeekPage) -> HttpResponse:
    """Let the days of a period be as those before it."""
    on, place = find_neighbor(page.span), page.views[0].week
    weeks = []
    for view in page.views:
        hours_of = place if view.is_following else None
        plans = [read_plan(view.week, each, hours_of=hours_of) for each in (on, page.span.on)]
        if plans[0] != plans[1]:
            owner = "location_id" if view.type_id is None else "resource_id"
            week = replace_plan(view.week, plans[0], page.span.stretches)
            weeks.append(OwnedWeek(week=week, version=view.version, **{owner: view.id}))
    sheet = WeekSheet(page.views, page.span)
    if asks_back(request):
        return _render(request, page, sheet)
    story = Story(
        title=gettext("Remove the hours of %(dates)s") % {"dates": page.span.dates},
        back_url=page.week_url,
        back_label=pgettext("page", "Hours"),
        again=lambda: _render(request, page, sheet),
    )
    try:
        if request.POST.get("seen") != make_stamp(page.views):
            raise ChangedMeanwhile(version=0, changes=())
        applied = review_or_save(request, lambda: change_weeks(weeks, by=make_actor(request), now=utc_now()), story)
    except (Conflict, Forbidden, Invalid) as error:
        is_clash = isinstance(error, ChangedMeanwhile)
        refusal = "" if is_clash else translate_error(error)
        return _render(request, page, sheet, status=get_status(error), refusal=refusal, is_clash=is_clash)
    if isinstance(applied, HttpResponse):
        return applied
    return go_on(request, _say_saved(gettext("Removed"), page.span.dates, applied), to=page.base_url)


def _say_saved(title: str, text: str, applied: Applied[None]) -> Toast:
    return Toast(title=title, text=" · ".join(part for part in (text, say_applied(applied)) if part))


def make_stamp(views: Sequence[WeekView]) -> str:
    """Return what a page was made of, so that what changed meanwhile is noticed."""
    return ",".join(f"{view.id}:{view.version}" for view in views)


def _tell_changes(sheet: WeekSheet) -> None:
    """Say at each row that others saved meanwhile who it was; saving again takes what was typed."""
    form = ResourceForm()
    for row in sheet.sent:
        if row.version != row.view.version:
            noun = CatalogNoun.LOCATION if row.is_place else CatalogNoun.RESOURCE
            changes = list_changes(noun=noun, row_id=row.view.id, after_version=row.version)
            row.changed_by = next((step.summary for step in make_steps(form, changes)), gettext("It was changed."))
            row.version = row.view.version


def _load(request: HttpRequest, *, key: str = "", span: str = "") -> WeekPage:
    places = list_locations()
    place = _find_place(places, _read_place(request, key))
    views = list_weeks(location_id=place.id)
    today = to_local(utc_now(), place.timezone).date()
    spans = list_spans(views, today)
    dates = (request.GET.get("from", ""), request.GET.get("to", ""))
    chosen, wrong = read_span(span, spans) if span else None, ""
    if chosen is None:
        chosen = choose_span(spans, request.GET.get("span", ""))
        if dates[0] or dates[1]:
            try:
                chosen = add_span(spans, *_read_dates(dates))
            except NotRead as error:
                wrong = gettext(error.text)
    kinds = tuple({view.type_id: view.type_name for view in views if view.type_id is not None}.items())
    people = [view.type_id for view in views if view.is_person]
    asked = read_row_id(request.GET.get("kind"))
    default = people[0] if people else next((each for each, _ in kinds), None)
    kind = asked if asked in dict(kinds) else default
    return WeekPage(
        places, place, views, spans, chosen, kinds, kind, request.GET.get("who", ""), dates, dates_wrong=wrong
    )


def _read_place(request: HttpRequest, key: str) -> int | None:
    row_id = read_row_id(key[1:]) if key else read_row_id(request.GET.get("location"))
    if not key.startswith("r"):
        return row_id
    return get_resource_entry(resource_id=row_id or 0, now=utc_now()).setup.location_id


def _find_place(places: Sequence[LocationView], location_id: int | None) -> LocationView:
    found = next((each for each in places if each.id == location_id), None) or next(iter(places), None)
    if found is None:
        raise LocationNotFound
    return found


def _read_dates(typed: tuple[str, str]) -> tuple[date, date | None]:
    first, last = check_date(typed[0]), check_date(typed[1]) if typed[1] else None
    if last is not None and last < first:
        raise NotRead(DATES_WRONG)
    return first, last


def _describe(request: HttpRequest, page: WeekPage, sheet: WeekSheet) -> dict[str, object]:
    is_asked = has_permission(request.user, Permission.CATALOG_MANAGE)
    return {
        "page": page,
        "sheet": sheet,
        "week": DrawnWeek(sheet, page.pick(sheet)),
        "may_edit": is_asked and may_business(Ability.WRITE),
    }


def _render(
    request: HttpRequest,
    page: WeekPage,
    sheet: WeekSheet,
    *,
    key: str = "",
    status: int = 200,
    refusal: str = "",
    is_clash: bool = False,
) -> HttpResponse:
    context = _describe(request, page, sheet) | {
        "refusal": refusal,
        "is_clash": is_clash,
        "stamp": make_stamp(page.views),
        "is_touched": request.method == "POST",
        "shown_on_phone": page.who or next((row.key for row in sheet.rows if not row.is_place), sheet.place.key),
    }
    if not key:
        return render(request, "workspace/hours/week.html", context, status=status)
    row = sheet.by_key[key]
    context |= {"drawn": DrawnWeek(sheet, [row]).rows[0], "row": row, "others": _list_others(sheet, row)}
    return render(request, "workspace/hours/row.html", context, status=status)


def _list_others(sheet: WeekSheet, row: SheetRow) -> list[SheetRow]:
    """List the rows to which a week can be copied: those of the same type."""
    return [each for each in sheet.rows if each.view.type_id == row.view.type_id and each is not row]
