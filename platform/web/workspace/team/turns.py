"""Who gets an appointment when the customer does not mind: the strategy of a service, and the ledger of turns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission, has_permission
from edge.access import requires
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid
from kernel.ids import read_row_id
from scheduling.engine import Strategy
from scheduling.selectors.availability.turns import TurnView, list_turns
from scheduling.selectors.catalog.entries import get_service_entry, list_service_entries
from scheduling.services.catalog.services import share_out
from tenants.enums import Ability
from tenants.policies import may_business
from web.errors import translate_error
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor
from web.workspace.team.strategies import STRATEGIES


@requires(Permission.CATALOG_VIEW)
@require_safe
def show_turns(request: HttpRequest) -> HttpResponse:
    """Show the services, and of one who had how many turns and who is next, as the engine would ask them."""
    services = list_service_entries(now=utc_now())
    asked = read_row_id(request.GET.get("service"))
    rotating = [each for each in services if each.setup.strategy is Strategy.ROUND_ROBIN]
    shown = next((each for each in services if each.id == asked), next(iter((*rotating, *services)), None))
    turns = list_turns(service_id=shown.id) if shown else ()
    context = {
        "services": services,
        "shown": shown,
        "groups": _group(turns),
        "strategies": STRATEGIES,
        "is_rotating": shown is not None and shown.setup.strategy is Strategy.ROUND_ROBIN,
        "may_write": has_permission(request.user, Permission.CATALOG_MANAGE) and may_business(Ability.WRITE),
    }
    return render(request, "workspace/team/turns.html", context)


@requires(Permission.CATALOG_MANAGE)
@require_POST
def choose_strategy(request: HttpRequest, row_id: int) -> HttpResponse:
    """Say how a service is shared out from now on."""
    name, now = get_service_entry(service_id=row_id, now=utc_now()).setup.name, utc_now()
    address = f"{reverse('workspace:resources_turns')}?service={row_id}"
    chosen, version = request.POST.get("strategy", ""), read_row_id(request.POST.get("version")) or 0
    try:
        share_out(service_id=row_id, strategy=chosen, version=version, by=make_actor(request), now=now)
    except (Conflict, Forbidden, Invalid) as error:
        return go_on(request, Toast(title=name, text=translate_error(error), tone="bad"), to=address)
    return go_on(request, Toast(title=gettext("Saved"), text=name), to=address)


def _group(turns: Sequence[TurnView]) -> list[tuple[str, list[TurnView]]]:
    """Return the turns of each type: mechanics take none from a bay."""
    return [(name, list(each)) for name, each in groupby(turns, key=lambda turn: turn.type_name)]
