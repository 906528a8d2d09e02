"""What the business offers (places, services, people and things, today's opening), read in one statement."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from database.connection import connection
from scheduling.enums import Approval
from scheduling.selectors.catalog.opening import FIRST_PLACE_SQL, find_dates, find_opening
from scheduling.selectors.catalog.own_prices import range_prices
from scheduling.selectors.catalog.timetables import TIMETABLE_SQL, Timetables, read_timetables
from scheduling.types import (
    AddOnView,
    LocalText,
    LocationView,
    OpeningToday,
    Pool,
    ResourceView,
    ServiceView,
    find_text,
)
from tenants.context import current_tenant

# In no order, as `TIMETABLE_SQL`.
OFFER_SQL = """
SELECT json_build_array(
  (SELECT json_agg(json_build_array(l.id, l.name, l.timezone, l.address, l.phone, l.email, l.what_to_bring,
      l.map_url, l.position))
   FROM scheduling_location l WHERE l.is_active),
  (SELECT json_agg(to_json(s)) FROM scheduling_service s WHERE s.is_active),
  (SELECT json_agg(json_build_array(a.service_id, a.position, a.id, a.name, a.minutes, a.price_minor,
      a.texts))
   FROM scheduling_addon a WHERE a.is_active),
  (SELECT json_agg(json_build_array(q.service_id, q.position, q.id, q.quantity, q.resource_type_id, q.skill,
      ARRAY(SELECT n.resource_id FROM scheduling_requirementresource n WHERE n.requirement_id = q.id)))
   FROM scheduling_requirement q),
  (SELECT json_agg(json_build_array(x.service_id, x.resource_id, x.price_minor))
   FROM scheduling_serviceresource x WHERE x.price_minor IS NOT NULL),
  (SELECT json_agg(json_build_array(r.id, r.name, t.name, r.location_id, r.color,
      r.is_customer_choosable AND t.is_person AND NOT r.is_sample, r.is_link_only, r.resource_type_id, r.skills,
      r.position))
   FROM scheduling_resource r
   JOIN scheduling_resourcetype t ON t.id = r.resource_type_id
   JOIN scheduling_location l ON l.id = r.location_id AND l.is_active
   WHERE r.is_active),
  {timetable}
) {source}
"""


@dataclass(frozen=True, slots=True)
class Offer:
    """Everything that is switched on, in the business's order.

    Attributes:
        services: Also those only reached by a link, and those that nobody can do yet.
        pools: Service → the resources that fill one of its requirements.
        opening: First opening and last closing of today at the first place; None: not asked, or no place.
        timetables: What that was read from.
    """

    locations: tuple[LocationView, ...]
    services: tuple[ServiceView, ...]
    resources: tuple[ResourceView, ...]
    pools: Mapping[int, frozenset[int]]
    opening: OpeningToday | None
    timetables: Timetables | None = None

    def say_in(self, language: str) -> Offer:
        """Return it with the texts of its services and extras in a language; where they have none, in their own."""
        categories: dict[str, str] = {}
        for each in self.services:
            if named := find_text(each.texts, language, "category", ""):
                categories.setdefault(each.category, named)
        services = tuple(each.say_in(language, categories=categories) for each in self.services)
        return replace(self, services=services)

    def list_bookable_services(self, *, location_id: int | None = None) -> tuple[ServiceView, ...]:
        """List the services that customers find on the page.

        A service without a free place in the plan (no resource fills one of its requirements) is
        left out: nothing could ever be booked.
        """
        return tuple(
            service
            for service in self.services
            if service.is_online
            and service.approval != Approval.LINK_ONLY
            and service.location_ids
            and (location_id is None or location_id in service.location_ids)
        )

    def find_service(self, service_id: int) -> ServiceView | None:
        """Return a service, also one that is only reached by its link."""
        return next((service for service in self.services if service.id == service_id), None)

    def list_choosable_resources(self, service_id: int, *, location_id: int | None = None) -> tuple[ResourceView, ...]:
        """List the people among whom a customer may choose for a service.

        Never a bay, chair, room or tool, and nobody whom the starter kit made up.
        """
        pool = self.pools.get(service_id, frozenset())
        return tuple(
            resource
            for resource in self.resources
            if resource.id in pool
            and resource.is_customer_choosable
            and (location_id is None or resource.location_id == location_id)
        )


def find_hidden(offer: Offer, service_id: int, resource_id: int | None) -> ResourceView | None:
    """Return whom only their link offers for a service, if it is such a one."""
    pool = offer.pools.get(service_id, frozenset())
    hidden = (each for each in offer.resources if each.is_link_only and each.id in pool)
    return next((each for each in hidden if each.id == resource_id), None)


def load_offer(*, now: datetime | None = None) -> Offer:
    """Load everything; with ``now`` also today's opening at the first place. One query."""
    from_on, to_on = find_dates(now) if now else (None, None)
    parameters = {"from_on": from_on, "to_on": to_on} if now else {}
    ((document,),) = connection.fetch_planned(_write_sql(has_opening=now is not None), parameters)
    location_rows, service_rows, add_on_rows, requirement_rows, price_rows, resource_rows, timetable = document
    pools = _Pools(resource_rows or ())
    requirements: defaultdict[int, list[Sequence[Any]]] = defaultdict(list)
    for service_id, _position, _id, *requirement in sorted(requirement_rows or (), key=itemgetter(0, 1, 2)):
        requirements[service_id].append(requirement)
    own_prices: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for service_id, resource_id, price_minor in price_rows or ():
        own_prices[service_id][resource_id] = price_minor
    add_ons: defaultdict[int, list[AddOnView]] = defaultdict(list)
    for service_id, _position, *columns, texts in sorted(add_on_rows or (), key=itemgetter(0, 1, 2)):
        add_on_id, name, minutes, price_minor = columns
        add_ons[service_id].append(AddOnView(add_on_id, name, minutes, price_minor, LocalText.read(texts)))
    currency = current_tenant().currency
    opening = timetables = None
    if now and from_on and to_on:
        timetables = read_timetables(timetable, from_on=from_on, to_on=to_on)
        opening = find_opening(timetables, now=now)
    return Offer(
        locations=tuple(LocationView(*columns[:-1]) for columns in _sort_by_position(location_rows)),
        services=tuple(
            _view_service(
                row,
                tuple(add_ons[row["id"]]),
                pools.find_locations(requirements[row["id"]]),
                currency,
                pools.find_prices(requirements[row["id"]], row["price_minor"], own_prices[row["id"]]),
            )
            for row in sorted(service_rows or (), key=lambda row: (row["position"], row["id"]))
        ),
        resources=tuple(ResourceView(*columns[:7]) for columns in _sort_by_position(resource_rows)),
        pools={service_id: pools.unite(rows) for service_id, rows in requirements.items()},
        opening=opening,
        timetables=timetables,
    )


@lru_cache
def _write_sql(*, has_opening: bool) -> str:
    timetable, source = (f"({TIMETABLE_SQL})", FIRST_PLACE_SQL) if has_opening else ("NULL", "")
    return OFFER_SQL.replace("{timetable}", timetable).replace("{source}", source)


class _Pools:
    """Who fills a requirement, of rows that are in memory.

    Most services of a business ask for the same type or skill, so each question is answered once.
    """

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._resources = [(row[0], row[3], row[7], row[8], row[6]) for row in rows]
        self._known: dict[tuple[Pool, bool], Mapping[int, int]] = {}

    def find_locations(self, requirements: Sequence[Sequence[Any]]) -> tuple[int, ...]:
        """Return where every requirement (at least one) has as many resources as it takes."""
        if not requirements:
            return ()
        places = [
            {place for place, count in Counter(found.values()).items() if count >= quantity}
            for quantity, found in ((row[0], self._find(*row[1:], is_listed=True)) for row in requirements)
        ]
        return tuple(sorted(set.intersection(*places)))

    def find_prices(
        self, requirements: Sequence[Sequence[Any]], base: int | None, own: Mapping[int, int]
    ) -> tuple[int | None, int | None]:
        """Return the lowest and the highest price of a service."""
        if not requirements:
            return base, base
        quantity, *asked = requirements[0]
        return range_prices(self._find(*asked, is_listed=True).items(), quantity=quantity, base=base, own=own)

    def unite(self, requirements: Sequence[Sequence[Any]]) -> frozenset[int]:
        """Return the resources that fill any of the requirements."""
        return frozenset(resource_id for _, *asked in requirements for resource_id in self._find(*asked))

    def _find(
        self, type_id: int | None, skill: str, named: Sequence[int], *, is_listed: bool = False
    ) -> Mapping[int, int]:
        """Find the resources of one requirement, each with its location; listed: without those behind a link."""
        pool = Pool(tuple(named), type_id, skill)
        found = self._known.get((pool, is_listed))
        if found is None:
            found = self._known[pool, is_listed] = {
                resource_id: location_id
                for resource_id, location_id, own_type_id, skills, is_hidden in self._resources
                if pool.has(resource_id, own_type_id, skills) and not (is_listed and is_hidden)
            }
        return found


def _sort_by_position(rows: list[list[Any]] | None) -> list[list[Any]]:
    """Sort rows that begin with their id and end with their position."""
    return sorted(rows or (), key=lambda row: (row[-1], row[0]))


def _view_service(
    row: Mapping[str, Any],
    add_ons: tuple[AddOnView, ...],
    location_ids: tuple[int, ...],
    currency: str,
    prices: tuple[int | None, int | None],
) -> ServiceView:
    return ServiceView.read(
        row,
        id=row["id"],
        description=row["description"],
        category=row["category"],
        currency=currency,
        add_ons=add_ons,
        location_ids=location_ids,
        position=row["position"],
        lowest_minor=prices[0],
        is_price_varied=prices[0] != prices[1],
    )
