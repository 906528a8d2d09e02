"""What a booking page lacks, for the strip above every page of the workspace."""

from __future__ import annotations

from django import template

from kernel.clock import utc_now
from scheduling.enums import PublishBlocker
from scheduling.selectors.first_run.readiness import show_blockers

register = template.Library()


@register.simple_tag
def draft_blockers() -> tuple[PublishBlocker, ...]:
    """``{% draft_blockers as missing %}``: what stands between a draft and its first customer."""
    return show_blockers(now=utc_now())
