"""Where businesses sign in: each at its own address, which they may not know by heart."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from edge.access import open_to_anyone
from edge.limits import check_limits
from edge.requests import find_block
from kernel.errors import LimitReached
from kernel.limits import Ask
from tenants.hosts import make_base_url
from tenants.selectors.typed import find_business
from web.errors import add_wait, translate_error
from web.parts.fields import TextField
from web.parts.forms import PageForm

LONGEST_ADDRESS = 300
"""Characters: of an address that was pasted, with whatever stands behind the host."""
NOBODY_THERE = _("No business answers at this address. Look at the link of your booking page.")


class EntranceForm(PageForm):
    """Which business somebody works at."""

    business = TextField(
        label=_("Address of your business"),
        max_length=LONGEST_ADDRESS,
        attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false", "inputmode": "url"},
        help_text=_("As in your booking page, or paste its link."),
    )
    focus_first = "business"


@open_to_anyone
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for the business and lead to its own sign-in page.

    The answer is a page that goes on by itself: browsers forbid a form to end on another host, and
    the address of a business may be a domain of its own.
    """
    if request.method != "POST":
        return render(request, "site/sign_in.html", {"form": EntranceForm()})
    form = EntranceForm(request.POST)
    try:
        check_limits(Ask("slug_checks_address", find_block(request)))
    except LimitReached as error:
        form.add_error(None, translate_error(error))
        return add_wait(render(request, "site/sign_in.html", {"form": form}, status=429), error)
    found = find_business(form.cleaned_data["business"]) if form.is_valid() else None
    if found is None:
        if form.is_valid():
            form.add_error("business", NOBODY_THERE)
        return render(request, "site/sign_in.html", {"form": form}, status=422)
    url = make_base_url(found.home_host) + reverse("account_login")
    return render(request, "site/sign_in_there.html", {"business": found, "url": url})
