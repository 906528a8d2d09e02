"""Where businesses sign in: each at its own address, which they may not know by heart."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from edge.access import open_to_anyone
from edge.requests import find_block
from kernel.errors import LimitReached
from kernel.limits import Ask
from keyvalue.throttle import ask_limits
from tenants.hosts import make_base_url, make_subdomain
from tenants.names import make_address
from tenants.selectors.resolution import resolve_host
from tenants.types import TenantInfo
from web.errors import add_wait, translate_error
from web.parts.fields import TextField
from web.parts.forms import PageForm

LONGEST_ADDRESS = 300
"""Characters: of an address that was pasted, with whatever stands behind the host."""


def find_business(typed: str) -> TenantInfo | None:
    """Return the business that somebody means by its name in the address, its host or any page's URL."""
    text = typed.strip().lower().lstrip("@")
    with suppress(ValueError):  # brackets without an address in them
        host = (urlsplit(text if "://" in text else f"//{text}").hostname or "").removeprefix("www.")
        if "." in host:
            return resolve_host(host)
    address = make_address(text)
    return resolve_host(make_subdomain(address)) if address else None


class EntranceForm(PageForm):
    """Which business somebody works at."""

    business = TextField(
        label=_("Address of your business"),
        max_length=LONGEST_ADDRESS,
        attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false", "inputmode": "url"},
        help_text=_("As in your booking page, or paste its link."),
    )
    focus_first = "business"
    found: TenantInfo

    def clean_business(self) -> str:
        """Find the business.

        Raises:
            ValidationError: No page answers there, as anybody can see.
        """
        typed = str(self.cleaned_data["business"])
        found = find_business(typed)
        if found is None:
            raise ValidationError(_("No business answers at this address. Look at the link of your booking page."))
        self.found = found
        return typed


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
    full = ask_limits([Ask("slug_checks_address", find_block(request))])
    if full:
        error = LimitReached(wait_seconds=max(full.values()))
        form.add_error(None, translate_error(error))
        return add_wait(render(request, "site/sign_in.html", {"form": form}, status=429), error)
    if not form.is_valid():
        return render(request, "site/sign_in.html", {"form": form}, status=422)
    url = make_base_url(form.found.primary_host) + reverse("account_login")
    return render(request, "site/sign_in_there.html", {"business": form.found, "url": url})
