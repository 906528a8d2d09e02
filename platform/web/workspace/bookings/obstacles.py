"""What stands in the way of a time, in words: who has whom, and until when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext

from kernel.errors import Invalid, NotFound
from scheduling.errors import ResourceNotFound
from scheduling.selectors.availability.obstacles import find_obstacles
from scheduling.types import Obstacle, SlotRequest, TakenBy
from web.errors import translate_error
from web.formats import end_sentence, name_time
from web.templatetags.formats import get_current_formats

MAX_LINES = 4
"""More causes than this say nothing more."""


def explain_time(
    *,
    request: SlotRequest,
    timezone: str,
    now: datetime,
    resource_name: str = "",
    service_name: str = "",
    moving_booking_id: int | None = None,
    is_length_new: bool = False,
) -> tuple[str, ...]:
    """Say why staff cannot have a time, a sentence a cause; nothing when it is free.

    ``resource_name`` and ``service_name`` are said when the one does not do the other.
    """
    try:
        found = find_obstacles(
            request=request, now=now, moving_booking_id=moving_booking_id, is_length_new=is_length_new
        )
    except ResourceNotFound as error:
        if not resource_name or not service_name:
            return (translate_error(error),)
        return (name_misfit(resource_name, service_name),)
    except Invalid as error:
        return list_findings(error.errors) or (translate_error(error),)
    except NotFound as error:
        return (translate_error(error),)
    return describe_obstacles(found, timezone)


def describe_obstacles(found: Sequence[Obstacle], timezone: str) -> tuple[str, ...]:
    """Put causes into words, each once; the most telling come first."""
    telling = sorted(found, key=lambda each: not each.taken)
    return tuple(dict.fromkeys(text for each in telling for text in _describe(each, timezone)))[:MAX_LINES]


def list_findings(errors: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return what is wrong, each once, in the active language."""
    return tuple(dict.fromkeys(gettext(text) for texts in errors.values() for text in texts))


def name_misfit(resource_name: str, service_name: str) -> str:
    """Say that somebody does not do a service."""
    return gettext("%(name)s does not do “%(service)s”.") % {"name": resource_name, "service": service_name}


def _describe(obstacle: Obstacle, timezone: str) -> Iterator[str]:
    if not obstacle.taken:
        yield obstacle.reason.text
    for each in obstacle.taken:
        yield _name_taken(obstacle.reason.resource_name, each, timezone)


def _name_taken(name: str, taken: TakenBy, timezone: str) -> str:
    formats = get_current_formats()
    words = {
        "name": name,
        "who": taken.customer_name or taken.service_name,
        "starts": formats.format_time(taken.starts_at, timezone),
        "ends": formats.format_time(taken.ends_at, timezone),
    }
    if taken.hold_expires_at is not None:
        words["until"] = name_time(formats, taken.hold_expires_at, timezone)
        text = gettext("Somebody is booking %(name)s online, %(starts)s–%(ends)s: kept until %(until)s")
    elif taken.is_margin:
        text = gettext("%(name)s has %(who)s, %(starts)s–%(ends)s: the time between visits is too short")
    else:
        text = gettext("%(name)s already has %(who)s, %(starts)s–%(ends)s")
    return end_sentence(text % words)
