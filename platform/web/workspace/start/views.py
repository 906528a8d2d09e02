"""The booking page as its owner sees it: whether strangers find it, since when, and what it lacks."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission
from audit.selectors.log import list_changes
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden
from scheduling.errors import BookingNotFound, PageNotReady
from scheduling.selectors.first_run.readiness import show_blockers
from scheduling.selectors.first_run.samples import list_samples
from scheduling.selectors.first_run.trials import list_tests
from scheduling.services.first_run import publishing
from scheduling.services.first_run.samples import remove_samples
from scheduling.services.first_run.trials import delete_test
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.hosts import make_base_url
from tenants.policies import may_business
from tenants.services import publishing as publication
from web.errors import translate_error
from web.parts.status_looks import get_look
from web.parts.toasts import Toast, go_on
from web.workspace.actors import make_actor
from web.workspace.changes.review import Story, asks_back, review_or_save, say_applied
from web.workspace.start.guide import TEST_QUERY


@dataclass(frozen=True, slots=True)
class Turn:
    """That the page was published, or taken back; ``by`` is empty for the platform."""

    is_published: bool
    by: str
    at: datetime


@requires(Permission.SETTINGS_MANAGE)
@require_safe
def show_page(request: HttpRequest) -> HttpResponse:
    """Show the state of the page and what led to it."""
    return _render(request)


@requires(Permission.SETTINGS_MANAGE)
@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Publish the page; where something is missing, say what."""
    try:
        publishing.publish_page(by=make_actor(request), now=utc_now())
    except (PageNotReady, Forbidden) as error:
        return _render(request, status=get_status(error), refusal=translate_error(error))
    toast = Toast(
        title=gettext("Your page is published"),
        text=gettext("It takes bookings at %(host)s") % {"host": current_tenant().primary_host},
    )
    return go_on(request, toast, to=reverse("workspace:page"))


@requires(Permission.SETTINGS_MANAGE)
@require_POST
def unpublish(request: HttpRequest) -> HttpResponse:
    """Make the page a draft again."""
    try:
        publishing.unpublish_page(by=make_actor(request), now=utc_now())
    except Forbidden as error:
        return _render(request, status=get_status(error), refusal=translate_error(error))
    toast = Toast(title=gettext("Your page is a draft again"), text=gettext("Existing appointments stay as they are"))
    return go_on(request, toast, to=reverse("workspace:page"))


@requires(Permission.SETTINGS_MANAGE)
@require_POST
def remove_test(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Delete a test booking with all that it left; a second click finds it done."""
    with suppress(BookingNotFound):
        delete_test(booking_id=booking_id, now=utc_now())
    toast = Toast(title=gettext("Test deleted"), text=gettext("With its history and its messages"))
    return go_on(request, toast, to=reverse("workspace:page"))


@requires(Permission.SETTINGS_MANAGE)
def drop_samples(request: HttpRequest) -> HttpResponse:
    """Show which samples would go, and remove them; coming bookings are decided about first."""
    if request.method != "POST" or asks_back(request):
        return _render_samples(request)
    back = reverse("workspace:page_samples")
    story = Story(title=gettext("Remove the samples"), back_url=back, back_label=gettext("Samples"))
    try:
        applied = review_or_save(request, lambda: remove_samples(by=make_actor(request), now=utc_now()), story)
    except (Conflict, Forbidden) as error:
        return _render_samples(request, status=get_status(error), refusal=translate_error(error))
    if isinstance(applied, HttpResponse):
        return applied
    removed = applied.result
    parts = [
        (ngettext("%(count)s deleted", "%(count)s deleted", removed.deleted), removed.deleted),
        (ngettext("%(count)s archived", "%(count)s archived", removed.archived), removed.archived),
    ]
    said = ", ".join(text % {"count": count} for text, count in parts if count)
    text = ". ".join(part for part in (said, say_applied(applied)) if part)
    return go_on(request, Toast(title=gettext("Samples removed"), text=text), to=reverse("workspace:board"))


def _render_samples(request: HttpRequest, *, status: int = 200, refusal: str = "") -> HttpResponse:
    context = {"samples": list_samples(), "refusal": refusal, "may_write": may_business(Ability.WRITE)}
    return render(request, "workspace/start/samples.html", context, status=status)


@requires(Permission.SETTINGS_MANAGE)
@require_POST
def share(request: HttpRequest) -> HttpResponse:
    """Note that customers know the page by now."""
    try:
        publication.note_share(now=utc_now())
    except Forbidden as error:
        return _render(request, status=get_status(error), refusal=translate_error(error))
    return go_on(request, Toast(title=gettext("Done")), to=reverse("workspace:board"))


@requires(Permission.SETTINGS_MANAGE)
@require_POST
def put_guide_away(request: HttpRequest) -> HttpResponse:
    """Put the list of first steps away; this page has what it led to."""
    try:
        publication.end_guide(now=utc_now())
    except Forbidden as error:
        return _render(request, status=get_status(error), refusal=translate_error(error))
    toast = Toast(title=gettext("The list is hidden"), text=gettext("Link and poster stay under “Your page”"))
    return go_on(request, toast, to=reverse("workspace:board"))


def _render(request: HttpRequest, *, status: int = 200, refusal: str = "") -> HttpResponse:
    tenant = current_tenant()
    turns = [
        Turn(is_published=bool(field.new), by=change.user_name, at=change.at)
        for change in list_changes(noun=publishing.PAGE, row_id=tenant.id)
        for field in change.fields
    ]
    page_url = make_base_url(tenant.primary_host)
    text = gettext("You can book your appointment at %(name)s now: %(url)s") % {"name": tenant.name, "url": page_url}
    context = {
        "is_own_page": True,
        "page_url": page_url,
        "whatsapp_text": text,
        "whatsapp_url": f"https://wa.me/?{urlencode({'text': text})}",
        "blockers": [] if tenant.is_published else show_blockers(now=utc_now()),
        "turns": turns,
        "tests": [(each, get_look(each.status)) for each in list_tests()],
        "test_url": reverse("booking:start") + TEST_QUERY,
        "refusal": refusal,
        "may_write": may_business(Ability.WRITE),
    }
    return render(request, "workspace/start/page.html", context, status=status)
