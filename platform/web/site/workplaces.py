"""For whoever forgot the address of their business: it is told to their mailbox, and to nobody else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from edge.access import open_to_anyone
from edge.language import current_language
from edge.limits import check_limits
from edge.requests import find_block
from kernel.clock import utc_now
from kernel.errors import LimitReached
from kernel.limits import Ask
from tenants.services.workplaces import ask_workplaces
from web.errors import add_wait, translate_error
from web.parts.contacts import EmailField
from web.parts.forms import PageForm


class WorkplacesForm(PageForm):
    """Whose businesses."""

    email = EmailField(label=_("Your e-mail"), help_text=_("With which you sign in."))
    focus_first = "email"


@open_to_anyone
@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for an e-mail, and have it told where it signs in; the answer is the same whether it does or not."""
    if request.method != "POST":
        return render(request, "site/workplaces.html", {"form": WorkplacesForm()})
    form = WorkplacesForm(request.POST)
    try:
        check_limits(Ask("workplaces_address", find_block(request)))
    except LimitReached as error:
        form.add_error(None, translate_error(error))
        return add_wait(render(request, "site/workplaces.html", {"form": form}, status=429), error)
    if not form.is_valid():
        return render(request, "site/workplaces.html", {"form": form}, status=422)
    email = form.cleaned_data["email"]
    ask_workplaces(email=email, locale=current_language(), now=utc_now())
    return render(request, "site/workplaces_sent.html", {"email": email})
