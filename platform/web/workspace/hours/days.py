"""The pages of special days: a year, a month, and the form of what departs from the week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission, has_permission
from audit.errors import ChangedMeanwhile
from edge.access import requires
from edge.language import current_language
from edge.reading import read_date
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid
from kernel.ids import read_row_id
from scheduling.errors import LocationNotFound, SetupInvalid, SpecialDayNotFound
from scheduling.selectors.catalog.calendars import list_weeks
from scheduling.selectors.catalog.services import list_locations
from scheduling.selectors.catalog.special_days import (
    count_bookings_by_day,
    get_series,
    list_holidays,
    list_special_days,
    was_removed,
)
from scheduling.services.catalog.special_days.series import replace_days, set_holiday
from scheduling.types import LocationView
from scheduling.types.special_days import DayPlanned, DaySeriesView, SeenRow, SpecialDay
from scheduling.types.weeks import WeekView
from tenants.enums import Ability
from tenants.policies import may_business
from web.errors import translate_error
from web.formats import to_local
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor
from web.workspace.changes.review import Story, asks_back, review_or_save, say_applied
from web.workspace.hours.calendar import MONTHS_SHOWN, Calendar, add_months, list_coming
from web.workspace.hours.day_form import DayForm, describe_series
from web.workspace.hours.sheet import list_days
from web.workspace.hours.stories import tell_day, tell_end

KINDS = {"hours": False, "away": True}
MOST_COMING = 12
FIRST_MONTH, LAST_MONTH = date(2000, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True, slots=True)
class DaysPage:
    """What an address of special days asks for; ``first`` is the first day of what is shown."""

    places: Sequence[LocationView]
    place: LocationView
    views: tuple[WeekView, ...]
    today: date
    first: date
    is_month: bool

    @property
    def last(self) -> date:
        """Return the last day that is shown."""
        return add_months(self.first, 1 if self.is_month else MONTHS_SHOWN) - timedelta(days=1)

    def make_url(self, **query: str) -> str:
        """Return the address of the page with other choices."""
        return f"{reverse('workspace:days')}?{urlencode({'location': self.place.id, **query})}"

    @property
    def url(self) -> str:
        """Return the address of what is shown."""
        return self.make_url(**{"month" if self.is_month else "from": f"{self.first:%Y-%m}"})

    @property
    def year_url(self) -> str:
        """Return the address of the year that begins with the shown month."""
        return self.make_url()

    @property
    def month_url(self) -> str:
        """Return the address of the month: the shown one, or the present one."""
        return self.make_url(month=f"{(self.first if self.is_month else self.today):%Y-%m}")

    @property
    def before_url(self) -> str:
        """Return the address of the time before."""
        return self._turn(-1)

    @property
    def after_url(self) -> str:
        """Return the address of the time after."""
        return self._turn(1)

    @property
    def new_url(self) -> str:
        """Return the address of the empty form."""
        return f"{reverse('workspace:days_new')}?{urlencode({'location': self.place.id})}"

    @property
    def hours_url(self) -> str:
        """Return the address of the week of the same location."""
        return f"{reverse('workspace:hours')}?{urlencode({'location': self.place.id})}"

    def _turn(self, direction: int) -> str:
        first = add_months(self.first, direction * (1 if self.is_month else MONTHS_SHOWN))
        first = min(max(first, FIRST_MONTH), LAST_MONTH)
        return self.make_url(**{"month" if self.is_month else "from": f"{first:%Y-%m}"})


@requires(Permission.CATALOG_VIEW)
@require_safe
def show_days(request: HttpRequest) -> HttpResponse:
    """Answer with the special days of a location: a year, or a month."""
    return _render(request, _load(request))


@requires(Permission.CATALOG_MANAGE)
def add_day(request: HttpRequest) -> HttpResponse:
    """Answer the form of a new special day, or save it."""
    on = read_date(request.GET.get("on"))
    page = _load(request, on=on)
    last = read_date(request.GET.get("to"))
    initial = {"first": on.isoformat() if on else "", "last": last.isoformat() if last and on and last > on else ""}
    return _answer_form(request, page, _make_form(request, page, initial), ())


@requires(Permission.CATALOG_MANAGE)
def edit_day(request: HttpRequest, kind: str, row_id: int) -> HttpResponse:
    """Answer the form of a special day with all that was made with it, or save or remove them."""
    if kind not in KINDS:
        raise SpecialDayNotFound
    try:
        series = get_series(row_id=row_id, is_absence=KINDS[kind])
    except SpecialDayNotFound:
        if is_removing(request) and was_removed(row_id=row_id, is_absence=KINDS[kind]):
            return go_on(request, Toast(title=gettext("Removed")), to=reverse("workspace:days"))
        raise
    days = series.days
    page = _load(request, on=days[0].first, series=days)
    form = _make_form(request, page, describe_series(series), series)
    if is_removing(request):
        is_one = request.POST["do"] == "remove-one"
        gone = [each for each in days if each.id == row_id] if is_one else days
        return _try_to_save(request, page, form, days, old=gone, new=DayPlanned())
    return _answer_form(request, page, form, days)


@requires(Permission.CATALOG_MANAGE)
@require_POST
def switch_holiday(request: HttpRequest) -> HttpResponse:
    """Close a location on a public holiday, or let it work; coming bookings are reviewed first."""
    page = _load(request)
    on, is_closed = read_date(request.POST.get("on")), request.POST.get("closed") == "yes"
    if on is None:
        raise SpecialDayNotFound
    known = list_holidays(location_id=page.place.id, from_on=on, to_on=on, language=current_language())
    name = known[0].name if known else ""
    story = Story(
        title=(gettext("Close on %(name)s") if is_closed else gettext("Work on %(name)s")) % {"name": name or on},
        back_url=page.url,
        back_label=gettext("Special days"),
        again=lambda: _render(request, page),
    )
    if asks_back(request):
        return _render(request, page)
    try:
        applied = review_or_save(
            request,
            lambda: set_holiday(
                location_id=page.place.id, on=on, is_closed=is_closed, name=name, by=make_actor(request), now=utc_now()
            ),
            story,
        )
    except (Conflict, Forbidden, Invalid) as error:
        return _render(request, page, status=get_status(error), refusal=translate_error(error))
    if isinstance(applied, HttpResponse):
        return applied
    text = " · ".join(each for each in (name, say_applied(applied)) if each)
    title = gettext("Closed") if is_closed else pgettext("a holiday", "Worked")
    return go_on(request, Toast(title=title, text=text), to=page.url)


def make_stamp(series: Sequence[SpecialDay]) -> str:
    """Return what a form was made of, so that what changed meanwhile is noticed."""
    return ",".join(f"{each.id}:{each.version}" for each in series)


def _answer_form(request: HttpRequest, page: DaysPage, form: DayForm, series: Sequence[SpecialDay]) -> HttpResponse:
    if request.method != "POST" or asks_back(request):
        return _render(request, page, form=form, series=series)
    if not form.is_valid():
        return _render(request, page, form=form, series=series, status=422)
    if form.says_the_same:
        return _go_to(request, page, form.cleaned_data["first"], gettext("Saved"), tell_day(form))
    return _try_to_save(request, page, form, series, old=series, new=form.make_plan())


def _try_to_save(
    request: HttpRequest,
    page: DaysPage,
    form: DayForm,
    series: Sequence[SpecialDay],
    *,
    old: Sequence[SpecialDay],
    new: DayPlanned,
) -> HttpResponse:
    is_removed = not (new.overrides or new.absences)
    seen = [SeenRow(each.id, each.version, each.is_absence) for each in old]
    title = tell_end(old) if is_removed else tell_day(form)
    story = Story(
        title=title,
        back_url=page.url,
        back_label=gettext("Special days"),
        again=lambda: _render(request, page, form=form, series=series),
    )
    if series and request.POST.get("seen") != make_stamp(series):
        error = ChangedMeanwhile(version=0, changes=())
        return _render(request, page, form=form, series=series, status=get_status(error), is_clash=True)
    try:
        applied = review_or_save(
            request, lambda: replace_days(old=seen, new=new, by=make_actor(request), now=utc_now()), story
        )
    except SetupInvalid as error:
        names = {"on": "first", "starts_at": "first", "ends_at": "last", "note": "reason", "resource_id": "whom"}
        form.refuse(error, names=names)
        return _render(request, page, form=form, series=series, status=get_status(error))
    except (Conflict, Forbidden, Invalid) as error:
        form.add_error(None, translate_error(error))
        return _render(request, page, form=form, series=series, status=get_status(error))
    if isinstance(applied, HttpResponse):
        return applied
    text = " · ".join(each for each in (title, say_applied(applied)) if each)
    first = old[0].first if is_removed else form.cleaned_data["first"]
    return _go_to(request, page, first, gettext("Removed") if is_removed else gettext("Saved"), text)


def _go_to(request: HttpRequest, page: DaysPage, on: date, title: str, text: str) -> HttpResponse:
    return go_on(request, Toast(title=title, text=text), to=page.make_url(month=f"{on:%Y-%m}"))


def is_removing(request: HttpRequest) -> bool:
    """Tell whether special days are to be removed."""
    return request.method == "POST" and request.POST.get("do") in {"remove", "remove-one"}


def _make_form(
    request: HttpRequest, page: DaysPage, initial: Mapping[str, object], series: DaySeriesView | None = None
) -> DayForm:
    data = request.POST if request.method == "POST" and not is_removing(request) else None
    return DayForm(data, views=page.views, initial=initial, series=series)


def _load(request: HttpRequest, *, on: date | None = None, series: Sequence[SpecialDay] = ()) -> DaysPage:
    places = list_locations()
    asked = series[0].location_id if series else read_row_id(request.GET.get("location"))
    place = next((each for each in places if each.id == asked), None) or next(iter(places), None)
    if place is None:
        raise LocationNotFound
    views = list_weeks(location_id=place.id)
    today = to_local(utc_now(), place.timezone).date()
    month = on or read_date(f"{request.GET.get('month', '')}-01")
    start = month or read_date(f"{request.GET.get('from', '')}-01") or today
    first = min(max(start.replace(day=1), FIRST_MONTH), LAST_MONTH)
    is_month = month is not None or (not series and request.resolver_match is not None and "new" in request.path)
    return DaysPage(places, place, views, today, first, is_month)


def _render(
    request: HttpRequest,
    page: DaysPage,
    *,
    form: DayForm | None = None,
    series: Sequence[SpecialDay] = (),
    status: int = 200,
    refusal: str = "",
    is_clash: bool = False,
) -> HttpResponse:
    location_id, language = page.place.id, current_language()
    days = list_special_days(location_id=location_id, from_on=page.first, to_on=page.last)
    holidays = list_holidays(location_id=location_id, from_on=page.first, to_on=page.last, language=language)
    bookings = count_bookings_by_day(location_id=location_id, from_on=page.first, to_on=page.last, now=utc_now())
    calendar = Calendar(page.views, days, holidays, today=page.today, bookings=bookings)
    months = [add_months(page.first, number) for number in range(1 if page.is_month else MONTHS_SHOWN)]
    is_asked = has_permission(request.user, Permission.CATALOG_MANAGE)
    context = {
        "page": page,
        "months": [calendar.draw_month(each) for each in months],
        "days": list_days(),
        "coming": list_coming(days, bookings, page.today, MOST_COMING),
        "holidays": sorted(holidays, key=lambda each: (each.on < page.today, each.on)),
        "form": form,
        "series": series,
        "stamp": make_stamp(series),
        "refusal": refusal,
        "is_clash": is_clash,
        "is_asked": is_asked,
        "may_edit": is_asked and may_business(Ability.WRITE),
    }
    return render(request, "workspace/hours/days.html", context, status=status)
