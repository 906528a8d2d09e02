"""What a visit is to be: its services in order, their extras, and how many come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from edge.reading import read_instant
from kernel.ids import read_row_id
from scheduling.engine import LARGEST_PARTY
from scheduling.types import MOST_SERVICES, BookingView, ServiceView, VisitChange, Wish
from web.formats import format_duration
from web.parts.fields import IdField, IdsField, NumberField
from web.parts.forms import PageForm
from web.parts.widgets import Chips
from web.templatetags.formats import get_current_formats

NAMES = {"services": "service_1", "add_ons": "extras"}
"""What the service finds fault with, as the form calls it."""


class ChangeForm(PageForm):
    """What a booking is to be; it begins as the booking is.

    There is a row for each service of the visit and one more; an empty one is none. Extras are those of the services
    that are chosen. A service of the visit that is not offered any more stays in its row, and says so.
    """

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        booking: BookingView,
        services: Sequence[ServiceView],
        is_party_free: bool,
    ) -> None:
        super().__init__(data, auto_id="change-%s")
        self.booking, self.services = booking, {each.id: each for each in services}
        self.gone = {each.service_id: each.name for each in booking.lines if each.service_id not in self.services}
        chosen = self._list_chosen()
        count = min(MOST_SERVICES, max(len(chosen), len(booking.wish.service_ids)) + 1)
        self.row_names = tuple(f"service_{number}" for number in range(1, count + 1))
        for number, name in enumerate(self.row_names):
            self.fields[name] = self._make_row(number)
        self.chosen = [each for each in map(self.services.get, chosen) if each is not None]
        extras = self._make_extras()
        if data is not None:  # of a service that was taken out just now nothing is left
            known = {str(extra.id) for service in self.chosen for extra in service.add_ons}
            self.data = data.copy()
            self.data.setlist("extras", [each for each in data.getlist("extras") if each in known])
            self.data.setdefault("party_size", str(booking.party_size))
        if extras.choices:
            self.fields["extras"] = extras
        largest = min((each.largest_party for each in self.chosen), default=1)
        if max(largest, booking.party_size) > 1:
            most = LARGEST_PARTY if is_party_free else max(largest, booking.party_size)
            self.fields["party_size"] = NumberField(
                label=gettext_lazy("How many people"), min_value=1, max_value=most, initial=booking.party_size
            )

    def _list_chosen(self) -> list[int]:
        """List the services that are chosen now, in order."""
        if not self.is_bound:
            return list(self.booking.wish.service_ids)
        names = (f"service_{number}" for number in range(1, MOST_SERVICES + 1))
        known = {*self.services, *self.gone}
        return [each for each in (read_row_id(self.data.get(name)) for name in names) if each in known]

    def _make_row(self, number: int) -> IdField:
        own = self.booking.wish.service_ids
        formats = get_current_formats()
        options: list[tuple[Any, Any]] = [("", gettext("No service") if number else gettext("Choose…"))]
        for each in self.services.values():
            price = formats.format_price(each.price)
            parts = (each.name, format_duration(each.duration_minutes), price)
            options.append((each.id, " · ".join(part for part in parts if part)))
        gone = gettext("not offered any more")
        options += [(key, f"{name} · {gone}") for key, name in self.gone.items()]
        label = gettext("Service") if number == 0 else gettext("Service %(number)s") % {"number": number + 1}
        return IdField(
            label=label,
            choices=options,
            required=number == 0,
            initial=own[number] if number < len(own) else None,
        )

    def _make_extras(self) -> IdsField:
        formats, currency = get_current_formats(), self.booking.currency
        several = len({each.id for each in self.chosen}) > 1
        options = []
        for service in dict.fromkeys(self.chosen):
            for extra in service.add_ons:
                price = formats.format_money(extra.price_minor, currency)
                name = f"{service.name}: {extra.name}" if several else extra.name
                options.append((extra.id, f"{name} · +{price}"))
        return IdsField(
            label=gettext_lazy("Extras"),
            choices=options,
            required=False,
            widget=Chips(),
            initial=list(self.booking.wish.add_on_ids),
        )

    @property
    def rows(self) -> tuple[Any, ...]:
        """Return the fields of the services, in order."""
        return tuple(self[name] for name in self.row_names)

    def read(self) -> VisitChange:
        """Return what is asked for."""
        data = self.cleaned_data
        services = tuple(data[name] for name in self.row_names if data.get(name) is not None)
        own = {extra.id for each in self.chosen for extra in each.add_ons}
        return VisitChange(
            service_ids=services,
            add_on_ids=tuple(each for each in data.get("extras") or () if each in own),
            party_size=data.get("party_size"),
            starts_at=read_instant(self.data.get("starts_at", "")),
            seen=self.data.get("mark", "")[:16],
        )


def read_wish(booking: BookingView, change: VisitChange) -> Wish:
    """Return the visit that is asked for, to look for its times."""
    return replace(
        booking.wish,
        service_ids=change.service_ids or booking.wish.service_ids,
        add_on_ids=change.add_on_ids or (),
        party_size=change.party_size or booking.party_size,
    )


def describe_shown(change: VisitChange, further: Mapping[str, object] | None = None) -> str:
    """Return a mark of what was asked for, so that nobody confirms something else than they were shown."""
    start = "" if change.starts_at is None else change.starts_at.isoformat()
    words = (change.service_ids, change.add_on_ids, change.party_size, start, sorted((further or {}).items()))
    return sha256(repr(words).encode()).hexdigest()[:16]
