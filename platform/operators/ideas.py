"""What people of businesses tell us: read, and put away."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import Permission
from edge.access import requires
from kernel.clock import utc_now
from tenants.selectors.ideas import list_ideas
from tenants.services.ideas import put_idea_away

PAGE_SIZE = 50


@requires(Permission.OPERATOR)
@require_safe
def show_ideas(request: HttpRequest) -> HttpResponse:
    """Show what was written, newest first: what nobody has put away, or with ``?all`` everything."""
    is_all = "all" in request.GET
    page = list_ideas(is_unread=not is_all, cursor=request.GET.get("cursor", ""), limit=PAGE_SIZE)
    asked = {"cursor": page.next_cursor or "", **({"all": "1"} if is_all else {})}
    context = {
        "ideas": page.rows,
        "is_all": is_all,
        "more_url": f"{reverse('operators:ideas')}?{urlencode(asked)}" if page.next_cursor else "",
    }
    return render(request, "operators/ideas.html", context)


@requires(Permission.OPERATOR)
@require_POST
def put_away(request: HttpRequest, idea_id: int) -> HttpResponse:  # noqa: ARG001
    """Say that it was read."""
    put_idea_away(idea_id=idea_id, now=utc_now())
    return HttpResponseRedirect(reverse("operators:ideas"))
