"""The first steps: place and service."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from edge.access import is_staff, open_to_anyone
from files.selectors.files import list_pictures
from kernel.identity.keys import fold_letters
from kernel.ids import read_row_id
from scheduling.enums import DepositKind
from scheduling.errors import ServiceNotFound
from scheduling.selectors.aftercare.feedback import list_published
from scheduling.selectors.catalog.photos import LOCATION_PHOTO
from scheduling.services.visits.person_links import read_person_key
from scheduling.types import LocationView, ServiceView, find_text
from tenants.hosts import make_base_url
from web.booking.flow import Flow, StepKey, load_flow, make_flow, make_link
from web.booking.pages import render_step, while_bookings_are_taken
from web.booking.place import make_place_card
from web.parts.pictures import ShownPicture, show_picture

FEW_SERVICES = 3
"""Up to this many fit one screen: no category filter."""
MANY_SERVICES = 8
"""Of more one looks for a name rather than reading all."""
LONGEST_SEARCH = 80
KEEP = "keep"
"""Says in an address that who goes to another place wants there what was chosen here."""


@dataclass(frozen=True, slots=True)
class LocationOption:
    """A place with the link that chooses it."""

    location: LocationView
    url: str
    photo: ShownPicture | None


@dataclass(frozen=True, slots=True)
class ServiceOption:
    """A service with the link that chooses it."""

    service: ServiceView
    url: str


@dataclass(frozen=True, slots=True)
class CategoryOption:
    """A category with the link that filters by it."""

    name: str
    url: str


@open_to_anyone
@require_safe
@while_bookings_are_taken
def choose_service(request: HttpRequest) -> HttpResponse:
    """Show the services; take what ``?service=``, ``?location=`` or ``?resource=`` chose (also on other sites)."""
    flow = load_flow(request)
    if "test" in request.GET and is_staff(request):
        flow = replace(flow, draft=replace(flow.draft, is_test=True), is_test=True)
    location_id, service_id, resource_id = (
        read_row_id(request.GET.get(name)) for name in ("location", "service", "resource")
    )
    if location_id is not None:
        flow = _move(flow, location_id, keeps=KEEP in request.GET)
        if KEEP in request.GET:
            return HttpResponseRedirect(flow.link(flow.find_missing_step()))
    person_id = read_person_key(request.GET.get("person", ""))
    if person_id is not None:
        flow = _follow_person(flow, person_id)
    if resource_id is not None:
        flow = flow.with_draft(replace(flow.draft, resource_id=resource_id))
    if service_id is not None:
        flow = _keep_person(
            make_flow(
                flow.tenant, flow.draft.choose_service(service_id), flow.offer, now=flow.now, is_test=flow.is_test
            )
        )
        if flow.service is None:
            return _render_services(request, flow, status=404, notice=gettext(ServiceNotFound.text))
        return HttpResponseRedirect(flow.link(_find_open_step(flow, StepKey.SERVICE)))
    if flow.location is None and len(flow.locations) > 1:
        return HttpResponseRedirect(flow.link(StepKey.LOCATION))
    if len(flow.services) == 1 and flow.service:
        flow = _keep_person(flow.with_draft(flow.draft.choose_service(flow.service.id)))
        return HttpResponseRedirect(flow.link(_find_open_step(flow, StepKey.SERVICE)))
    return _render_services(request, flow)


@open_to_anyone
@require_safe
@while_bookings_are_taken
def choose_location(request: HttpRequest) -> HttpResponse:
    """Show the places of a business that has several; with ``keep``, what was chosen and told goes along."""
    flow = load_flow(request)
    keeping = {KEEP: "yes"} if KEEP in request.GET else {}
    sealed = flow.seal()
    photos = list_pictures(LOCATION_PHOTO, (each.id for each in flow.locations))
    options = [
        LocationOption(
            each,
            make_link(StepKey.SERVICE, sealed, location=str(each.id), **keeping),
            show_picture(photos.get(each.id), width=480),
        )
        for each in flow.locations
    ]
    return render_step(request, "booking/location.html", flow, StepKey.LOCATION, sealed=sealed, options=options)


def _move(flow: Flow, location_id: int, *, keeps: bool) -> Flow:
    """Return the flow at another place, with the services and extras that were chosen if they are to be kept."""
    chosen, draft = flow.draft, flow.draft.choose_location(location_id)
    if keeps:
        draft = replace(
            draft, service_id=chosen.service_id, further_ids=chosen.further_ids, add_on_ids=chosen.add_on_ids
        )
    return make_flow(flow.tenant, draft, flow.offer, now=flow.now, is_test=flow.is_test)


def _keep_person(flow: Flow) -> Flow:
    """Return the flow with the person who was chosen before the service, if they do it and can be chosen."""
    chosen = flow.draft.resource_id
    if chosen is None or any(each.id == chosen for each in flow.resources):
        return flow
    return flow.with_draft(replace(flow.draft, resource_id=None))


def _follow_person(flow: Flow, person_id: int) -> Flow:
    """Return the flow of who came by a person's link: at the place where that person works."""
    draft = replace(flow.draft, linked_resource_id=person_id)
    place = next((each.location_id for each in flow.offer.resources if each.id == person_id), None)
    draft = draft if place is None else draft.choose_location(place)
    return make_flow(flow.tenant, draft, flow.offer, now=flow.now, is_test=flow.is_test)


def _render_services(request: HttpRequest, flow: Flow, *, status: int = 200, notice: str = "") -> HttpResponse:
    sealed = flow.seal()
    names = list(dict.fromkeys(service.category for service in flow.services if service.category))
    has_filter = len(names) > 1 and len(flow.services) > FEW_SERVICES
    category = request.GET.get("category", "")
    category = category if category in names else ""
    typed = request.GET.get("q", "").strip()[:LONGEST_SEARCH] if len(flow.services) > MANY_SERVICES else ""
    shown = [
        service
        for service in flow.services
        if (not category or service.category == category) and _is_found(service, typed)
    ]
    elsewhere = 0 if shown or not category else sum(_is_found(service, typed) for service in flow.services)
    are_told = all(find_text(each.texts, flow.formats.language, "name", "") for each in flow.services)
    return render_step(
        request,
        "booking/service.html",
        flow,
        StepKey.SERVICE,
        status=status,
        sealed=sealed,
        notice=notice,
        page_url=make_base_url(flow.tenant.primary_host),
        place=make_place_card(flow),
        praise=list_published(),
        asks_deposit=any(each.deposit_kind != DepositKind.NONE for each in shown),
        is_told_otherwise=flow.formats.language != flow.tenant.locale and not are_told,
        category=category,
        has_search=len(flow.services) > MANY_SERVICES,
        typed=typed,
        elsewhere=elsewhere,
        elsewhere_url=make_link(StepKey.SERVICE, sealed, q=typed),
        all_url=make_link(StepKey.SERVICE, sealed),
        categories=[CategoryOption(name, make_link(StepKey.SERVICE, sealed, category=name)) for name in names]
        if has_filter
        else [],
        options=[ServiceOption(each, make_link(StepKey.SERVICE, sealed, service=str(each.id))) for each in shown],
    )


def _is_found(service: ServiceView, typed: str) -> bool:
    """Tell whether every word that was typed is in the service's name, category or description; accents are none."""
    told = fold_letters(f"{service.name} {service.category} {service.description}")
    return all(word in told for word in fold_letters(typed).split())


def _find_open_step(flow: Flow, done: StepKey) -> StepKey:
    """Return the step after ``done``, or an earlier one that was never answered (a link into the middle)."""
    missing, after = flow.find_missing_step(), flow.find_step_after(done)
    order = list(StepKey)
    return min(missing, after, key=order.index)
