"""The privacy notice before customers read it: what the law of the country asks for, and how sure we are of that."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from edge.language import current_language
from kernel.languages import LANGUAGE_NAMES
from kernel.law.notices import find_notice_law
from kernel.law.persons import find_privacy_law
from privacy.selectors.notices import list_kept, make_notice
from tenants.context import current_tenant

MOST = 50


@requires(Permission.SETTINGS_MANAGE)
@require_safe
def show_notice(request: HttpRequest) -> HttpResponse:
    """Show the notice in each language, the law that it follows with its doubts, and the versions that were shown."""
    notice, country = make_notice(), current_tenant().country
    languages = sorted(notice.texts, key=lambda each: each != current_language())
    context = {
        "notice": notice,
        "texts": [(each, LANGUAGE_NAMES[each], notice.say(each)) for each in languages],
        "law": find_notice_law(country),
        "persons": find_privacy_law(country),
        "kept": list_kept(MOST),
    }
    return render(request, "workspace/notices/page.html", context)
