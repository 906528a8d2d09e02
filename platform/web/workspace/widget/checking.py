"""Why the widget does not show: the page is loaded as any stranger would, and what it says is put into words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from kernel.text import mark
from outgoing.errors import CallFailed
from outgoing.types import Limits
from outgoing.user_urls import safe_fetch
from tenants.hosts import make_base_url
from tenants.types import TenantInfo
from web.workspace.widget.reading import Finding, Page, find_origin, look_at

LIMITS = Limits(connect_seconds=3, read_seconds=4, total_seconds=8, longest_answer_bytes=2_000_000)
REDIRECTS = 5
OK = range(200, 300)

TITLES = {
    Finding.SITE_LISTED: mark("The site is on your list"),
    Finding.SITE_MISSING: mark("The site is not on your list"),
    Finding.CODE_THERE: mark("The code is on the page"),
    Finding.FRAME_THERE: mark("The page shows our frame"),
    Finding.SCRIPT_MISSING: mark("The code is not on the page"),
    Finding.SCRIPT_ELSEWHERE: mark("The code is of another address"),
    Finding.ELEMENT_MISSING: mark("Half of the code is missing"),
    Finding.SCRIPT_BLOCKED: mark("The site blocks the script"),
    Finding.FRAME_BLOCKED: mark("The site blocks the frame"),
    Finding.ISOLATED: mark("The site lets no other site in"),
}
TEXTS = {
    Finding.SITE_MISSING: mark("Add %(site)s to the sites above."),
    Finding.SCRIPT_MISSING: mark(
        "We do not see it in what the server sends. Paste it again, publish the page and empty the site’s cache. "
        "Sites that build their pages with scripts may have it all the same."
    ),
    Finding.SCRIPT_ELSEWHERE: mark("It loads embed.js from elsewhere. Copy it again: it has to name %(host)s."),
    Finding.ELEMENT_MISSING: mark(
        "The script is there, and <turnero-widget> is not. Some editors remove what they do not know: use their block "
        "for HTML or code."
    ),
    Finding.SCRIPT_BLOCKED: mark("Its rule script-src does not include %(host)s. Ask whoever runs the site to add it."),
    Finding.FRAME_BLOCKED: mark("Its rule frame-src does not include %(host)s. Ask whoever runs the site to add it."),
    Finding.ISOLATED: mark(
        "It sends Cross-Origin-Embedder-Policy, so that no frame of another site shows. Ask whoever runs the site to "
        "leave it out on this page."
    ),
}
NOT_THERE = mark("The page answers with error %(status)s")
NOT_READ = mark("We cannot read the page")
WHY_NOT = mark(
    "Its server did not answer in time, or in a form that we do not read. Open it in a browser and try again."
)
IS_IT_RIGHT = mark("Open it in a browser: is the address right, and is the page published?")
ALL_WELL = mark("Nothing blocks it as far as we see. Reload the page without your browser’s cache.")


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was found, in words."""

    title: str
    text: str
    is_good: bool


def check_page(url: str, tenant: TenantInfo) -> tuple[Line, ...]:
    """Load a page and return what was found on it.

    Raises:
        AddressRefused: It is no public address.
    """
    try:
        answer = safe_fetch(url, headers={"Accept": "text/html"}, redirects=REDIRECTS, limits=LIMITS)
    except CallFailed:
        return (Line(gettext(NOT_READ), gettext(WHY_NOT), is_good=False),)
    if answer.status not in OK:
        return (Line(gettext(NOT_THERE) % {"status": answer.status}, gettext(IS_IT_RIGHT), is_good=False),)
    page = Page(answer.url, answer.headers, answer.body.decode("utf-8", "replace"))
    origins = list_origins(tenant)
    words = {"site": find_origin(page.url), "host": origins[0].partition("://")[2]}
    found = look_at(page, origins=origins, sites=tenant.profile.widget_sites)
    lines = [
        Line(gettext(TITLES[each]), gettext(TEXTS[each]) % words if each in TEXTS else "", is_good=each.is_good)
        for each in found
    ]
    if all(each.is_good for each in lines):
        lines.append(Line(gettext(ALL_WELL), "", is_good=True))
    return tuple(lines)


def list_origins(tenant: TenantInfo) -> tuple[str, ...]:
    """Return where the business answers, the address that customers see first."""
    return tuple(dict.fromkeys(make_base_url(host) for host in (tenant.primary_host, tenant.home_host) if host))
