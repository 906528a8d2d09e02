"""One request of the booking pages: who asks, what was chosen, which steps there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from edge.access import is_staff
from edge.language import LANGUAGE_PARAMETER, current_language, is_known_language
from kernel.clock import utc_now
from kernel.maps import make_map_url
from kernel.money import Price
from scheduling.enums import Approval, BookingSource, DepositKind
from scheduling.selectors.catalog.offer import Offer, find_hidden, load_offer
from scheduling.types import (
    AddOnView,
    AgreedPolicy,
    LocationView,
    Question,
    ResourceView,
    ServiceView,
    Wish,
    unite_questions,
)
from tenants.context import current_tenant
from tenants.types import TenantInfo
from verticals.contract import ArrivalMode, Vertical
from verticals.registry import get_vertical
from web.booking.draft import PARAMETER, Draft, open_draft, seal_draft
from web.formats import Formats, get_formats, to_local


class StepKey(StrEnum):
    """The pages of a booking, in order; each value is also the name of its address."""

    LOCATION = "location"
    SERVICE = "start"
    VISIT = "visit"
    TIME = "time"
    DETAILS = "details"


@dataclass(frozen=True, slots=True)
class Step:
    """One segment of the progress bar."""

    key: StepKey
    label: str


@dataclass(frozen=True, slots=True)
class Flow:
    """What every booking page needs to know.

    Attributes:
        words: The vertical's vocabulary; dots in its terms are underscores here, for templates.
        service: The chosen one, or the only one.
        further: Services after it in the same visit, in the order in which they are done.
        location: The chosen one, or the only one.
        is_test: Staff tries the page: nothing is kept, and nobody else is told.
        offer: All that the business offers; ``locations`` and ``services`` are what this visitor may choose from.
    """

    tenant: TenantInfo
    vertical: Vertical
    formats: Formats
    words: Mapping[str, str]
    draft: Draft
    now: datetime
    offer: Offer
    locations: tuple[LocationView, ...]
    services: tuple[ServiceView, ...]
    service: ServiceView | None
    further: tuple[ServiceView, ...]
    location: LocationView | None
    resources: tuple[ResourceView, ...]
    is_test: bool

    @property
    def timezone(self) -> str:
        """The clock that rules: the location's, since one has to be there in person."""
        return self.location.timezone if self.location else self.tenant.timezone

    @property
    def zone(self) -> ZoneInfo:
        """The same, as a zone."""
        return ZoneInfo(self.timezone)

    @property
    def today(self) -> date:
        """Today's date on that clock."""
        return to_local(self.now, self.timezone).date()

    @property
    def arrival_modes(self) -> tuple[ArrivalMode, ...]:
        """Ways to arrive that the chosen service allows."""
        allowed = self.service.arrival_modes if self.service else ()
        return tuple(mode for mode in self.vertical.intake.arrival_modes if mode.key in allowed)

    @property
    def arrival_mode(self) -> str:
        """The chosen way to arrive, or the only one; empty where it is not asked."""
        modes = self.arrival_modes
        return modes[0].key if len(modes) == 1 else self.draft.arrival_mode

    @property
    def asks_for_visit(self) -> bool:
        """Tell whether the page between service and time has anything to ask."""
        return bool(
            self.vertical.asset
            or self.vertical.intake.symptoms
            or len(self.arrival_modes) > 1
            or len(self.resources) > 1
            or self.largest_party > 1
            or any(service.add_ons or service.questions for service in self.chosen)
        )

    @property
    def chosen(self) -> tuple[ServiceView, ...]:
        """All services of the visit, in order; none before the first is chosen."""
        return () if self.service is None else (self.service, *self.further)

    @property
    def service_names(self) -> str:
        """What the visit is called: its services in order."""
        return " + ".join(service.name for service in self.chosen)

    @property
    def combinable(self) -> tuple[ServiceView, ...]:
        """What can be done in the same visit beside the first service: whatever is on offer at one of its places."""
        first = self.service
        if first is None or first.seats is not None:
            return ()
        places = {self.location.id} if self.location else set(first.location_ids)
        return tuple(
            each
            for each in self.services
            if each.id != first.id and each.seats is None and places.intersection(each.location_ids)
        )

    @property
    def questions(self) -> tuple[Question, ...]:
        """What the services of the visit ask, each question once."""
        return unite_questions(question for service in self.chosen for question in service.questions)

    @property
    def largest_party(self) -> int:
        """How many people can come together, at most: never more than a group has seats."""
        return min((each.largest_party for each in self.chosen), default=1)

    @property
    def most_repeats(self) -> int:
        """How many visits can be booked at once; below 2: one. A test is no series."""
        return 0 if self.is_test else min((each.most_repeats for each in self.chosen), default=0)

    @property
    def needs_approval(self) -> bool:
        """Tell whether the business answers first: one service that wants it is enough."""
        return any(service.approval == Approval.REQUEST for service in self.chosen)

    @property
    def offered_add_ons(self) -> tuple[AddOnView, ...]:
        """The extras of all services of the visit."""
        return tuple(add_on for service in self.chosen for add_on in service.add_ons)

    @property
    def add_ons(self) -> tuple[AddOnView, ...]:
        """The chosen extras."""
        return tuple(add_on for add_on in self.offered_add_ons if add_on.id in self.draft.add_on_ids)

    @property
    def resource_id(self) -> int | None:
        """Whom the visitor chose, or whom alone the link offers by which they came; None: anyone."""
        linked = self.draft.linked_resource_id
        is_alone = linked is not None and [each.id for each in self.resources] == [linked]
        return linked if is_alone else self.draft.resource_id

    @property
    def wish(self) -> Wish:
        """What free times are asked with, and what is held: every choice that was made so far."""
        assert self.service is not None  # is_too_early_for has looked
        chosen = self.resource_id
        return Wish(
            service_ids=tuple(service.id for service in self.chosen),
            add_on_ids=tuple(add_on.id for add_on in self.add_ons),
            resource_ids=() if chosen is None else (chosen,),
            location_id=self.location.id if self.location else None,
            party_size=min(self.draft.party_size, self.largest_party),
            arrival_mode=self.arrival_mode,
        )

    @property
    def duration_minutes(self) -> int:
        """Length of the visit with its extras."""
        own = sum(service.duration_minutes for service in self.chosen)
        return own + sum(add_on.minutes for add_on in self.add_ons)

    @property
    def price(self) -> Price | None:
        """Price with extras; None before a service is chosen."""
        if self.service is None:
            return None
        return _add_prices([service.price for service in self.chosen], self.add_ons)

    @property
    def map_url(self) -> str:
        """The place on a map; empty where nothing tells where it is."""
        return make_map_url(self.location.address, self.location.map_url) if self.location else ""

    @property
    def asks_deposit(self) -> bool:
        """Tell whether something may be due in advance; how much, the kept time says."""
        return any(service.deposit_kind != DepositKind.NONE for service in self.chosen)

    @property
    def agreed(self) -> AgreedPolicy:
        """The policy as it will be agreed."""
        return AgreedPolicy.agree(self.chosen) if self.chosen else AgreedPolicy()

    @property
    def cancel_notice_minutes(self) -> int:
        """How long before the start the visit can be cancelled at the latest, as it will be agreed."""
        return self.agreed.notice_to_cancel // timedelta(minutes=1)

    @property
    def asset_label(self) -> str:
        """The vehicle (patient, pet …) in one line, with what identifies it."""
        asset = self.vertical.asset
        if asset is None:
            return ""
        parts = (asset.label(self.draft.asset), asset.identifier(self.draft.asset))
        return " · ".join(dict.fromkeys(part for part in parts if part))

    @property
    def arrival_label(self) -> str:
        """How the customer arrives, in words; empty where it is not asked."""
        chosen = self.vertical.intake.find_arrival(self.arrival_mode)
        return gettext(chosen.label) if chosen else ""

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of this booking; one with a single option is left out."""
        asset_label = self.words.get("step_asset") or gettext("Your visit")
        steps = (
            (len(self.locations) > 1, StepKey.LOCATION, gettext("Place")),
            (len(self.services) > 1, StepKey.SERVICE, gettext("Service")),
            (self.service is None or self.asks_for_visit, StepKey.VISIT, asset_label),
            (True, StepKey.TIME, gettext("Date and time")),
            (True, StepKey.DETAILS, gettext("Your details")),
        )
        return tuple(Step(key, label) for is_asked, key, label in steps if is_asked)

    def find_missing_step(self) -> StepKey:
        """Return the first step that still has to be answered before a booking can be sent."""
        if self.location is None and len(self.locations) > 1:
            return StepKey.LOCATION
        if self.service is None:
            return StepKey.SERVICE
        if self.asks_for_visit and not self.draft.is_visit_told:
            return StepKey.VISIT
        return StepKey.TIME if self.draft.hold is None else StepKey.DETAILS

    def is_too_early_for(self, key: StepKey) -> bool:
        """Tell whether an earlier step is still open."""
        order = list(StepKey)
        return order.index(self.find_missing_step()) < order.index(key)

    def find_step_after(self, key: StepKey) -> StepKey:
        """Return the step that follows ``key``; after the last one, itself."""
        order = list(StepKey)
        return next((step.key for step in self.steps if order.index(step.key) > order.index(key)), key)

    def find_step_before(self, key: StepKey) -> StepKey | None:
        """Return the step that the back arrow leads to; None on the first one."""
        order = list(StepKey)
        earlier = [step.key for step in self.steps if order.index(step.key) < order.index(key)]
        return earlier[-1] if earlier else None

    def with_draft(self, draft: Draft) -> Flow:
        """Return the flow with ``draft`` in place of the old one."""
        return replace(self, draft=draft)

    def seal(self) -> str:
        """Return the draft as it goes into an address."""
        return seal_draft(self.draft, schema_name=self.tenant.schema_name)

    def link(self, key: str, **query: str) -> str:
        """Return the address of a step, or of another page of these, that carries the draft."""
        return make_link(key, self.seal(), **query)


def find_door(request: HttpRequest) -> BookingSource:
    """Return through which door a visitor comes: the page itself, or a frame of it on another site."""
    return BookingSource.WIDGET if hasattr(request, "frame") else BookingSource.PAGE


def link_in_language(flow: Flow, key: str, language: str) -> str:
    """Return the address of a step in another language; in the same, when it is none of ours."""
    return flow.link(key, **({LANGUAGE_PARAMETER: language} if is_known_language(language) else {}))


def make_link(key: str, sealed: str, **query: str) -> str:
    """Return the address of a step for a draft that is sealed already."""
    carried = {PARAMETER: sealed} if sealed else {}
    return f"{reverse(f'booking:{key}')}?{urlencode({**carried, **query})}".rstrip("?")


def load_flow(request: HttpRequest) -> Flow:
    """Read what the request carries and what the tenant offers; one query."""
    tenant, now = current_tenant(), utc_now()
    draft = open_draft(request.GET.get(PARAMETER, ""), schema_name=tenant.schema_name)
    return make_flow(tenant, draft, load_offer(now=now), now=now, is_test=_is_test(request, draft, tenant))


def _is_test(request: HttpRequest, draft: Draft, tenant: TenantInfo) -> bool:
    """Tell whether staff tries the page: whoever sees a draft, and on a published page whoever began a test."""
    return not tenant.is_published or (draft.is_test and is_staff(request))


def make_flow(tenant: TenantInfo, draft: Draft, offer: Offer, *, now: datetime, is_test: bool = False) -> Flow:
    """Put together what was chosen and what is offered."""
    language = current_language()
    offer = offer.say_in(language)
    vertical = get_vertical(tenant.vertical)
    words = vertical.list_words(language=language, country=tenant.country)
    location = _find_location(offer.locations, draft.location_id)
    location_id = location.id if location else None
    services = _list_services(offer, draft, location_id)
    service = _find_service(offer, services, draft.service_id)
    further = _find_further(services, service, draft.further_ids)
    return Flow(
        tenant=tenant,
        vertical=vertical,
        formats=get_formats(language, tenant.country, tenant.profile.clock),
        words={term.replace(".", "_"): text for term, text in words.items()},
        draft=draft,
        now=now,
        offer=offer,
        locations=offer.locations,
        services=services,
        service=service,
        further=further,
        location=location,
        resources=_list_people(offer, (service, *further), draft, location_id) if service else (),
        is_test=is_test,
    )


def _list_services(offer: Offer, draft: Draft, location_id: int | None) -> tuple[ServiceView, ...]:
    """List what this visitor may choose from: of who came by the link of somebody hidden, what that person does.

    What only a link of its own offers is none of it.
    """
    theirs = tuple(
        each
        for each in offer.services
        if each.is_online
        and each.approval != Approval.LINK_ONLY
        and find_hidden(offer, each.id, draft.linked_resource_id)
    )
    return theirs or offer.list_bookable_services(location_id=location_id)


def _find_location(locations: tuple[LocationView, ...], chosen: int | None) -> LocationView | None:
    if len(locations) == 1:
        return locations[0]
    return next((location for location in locations if location.id == chosen), None)


def _find_service(offer: Offer, services: tuple[ServiceView, ...], chosen: int | None) -> ServiceView | None:
    """Find the chosen service, also one that only a direct link offers; the only one needs no choice."""
    if chosen is None:
        return services[0] if len(services) == 1 else None
    found = offer.find_service(chosen)
    return found if found and found.is_online else None


def _find_further(
    services: tuple[ServiceView, ...], first: ServiceView | None, chosen: tuple[int, ...]
) -> tuple[ServiceView, ...]:
    """Find the services after the first; one that is no longer on offer, or not beside it, is left out."""
    if first is None or first.seats is not None:
        return ()
    by_id = {each.id: each for each in services if each.id != first.id and each.seats is None}
    return tuple(by_id[service_id] for service_id in dict.fromkeys(chosen) if service_id in by_id)


def _list_people(
    offer: Offer, chosen: Sequence[ServiceView], draft: Draft, location_id: int | None
) -> tuple[ResourceView, ...]:
    """List whom one can choose: those who do all services of the visit; where nobody does, those of the first.

    Somebody whom only a link offers is there, alone, for who came by that link.
    """
    first, *further = chosen
    hidden = find_hidden(offer, first.id, draft.linked_resource_id)
    if hidden is not None and location_id in {None, hidden.location_id}:
        return (hidden,)
    people = offer.list_choosable_resources(first.id, location_id=location_id)
    able = [offer.pools.get(each.id, frozenset()) for each in further]
    return tuple(each for each in people if all(each.id in pool for pool in able)) or people


def _add_prices(prices: Sequence[Price], add_ons: Sequence[AddOnView]) -> Price:
    """Return the price of a visit: on request where one service is, and "from" where one may become more."""
    amounts = [each.amount_minor for each in prices if each.amount_minor is not None]
    is_from = any(each.is_from for each in prices)
    if len(amounts) < len(prices):
        return Price(None, prices[0].currency, is_from=is_from)
    extras = sum(add_on.price_minor for add_on in add_ons)
    return Price(sum(amounts) + extras, prices[0].currency, is_from=is_from)
