"""What is missing? One field, read by us."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from accounts.policies import Permission
from edge.access import requires
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Invalid, LimitReached
from tenants.services.ideas import LONGEST_PAGE, clean_page, tell_idea
from tenants.types.ideas import LONGEST_IDEA
from web.errors import add_wait, translate_error
from web.parts.fields import TextField
from web.parts.forms import PageForm
from web.parts.toasts import Toast, go_on


class IdeaForm(PageForm):
    """What somebody misses, and on which page they were."""

    text = TextField(
        label=gettext_lazy("What is missing, or what annoys you?"),
        max_length=LONGEST_IDEA,
        rows=6,
        help_text=gettext_lazy("We read everything. Please write nothing about your customers here."),
    )
    page = forms.CharField(max_length=LONGEST_PAGE, required=False, widget=forms.HiddenInput)


@requires(Permission.BOARD_VIEW)
def tell(request: HttpRequest) -> HttpResponse:
    """Ask what is missing, and keep it on POST."""
    if request.method != "POST":
        return _render(request, IdeaForm(initial={"page": clean_page(request.GET.get("from", ""))}))
    form = IdeaForm(request.POST)
    if not form.is_valid():
        return _render(request, form, status=422)
    given = form.cleaned_data
    try:
        tell_idea(text=given["text"], page=given["page"], user_id=int(request.user.pk or 0), now=utc_now())
    except Invalid as error:
        form.refuse(error)
        return _render(request, form, status=get_status(error))
    except LimitReached as error:
        form.add_error(None, translate_error(error))
        return add_wait(_render(request, form, status=get_status(error)), error)
    toast = Toast(title=gettext("Thank you"), text=gettext("We read it."))
    return go_on(request, toast, to=clean_page(given["page"]) or reverse("workspace:board"))


def _render(request: HttpRequest, form: IdeaForm, *, status: int = 200) -> HttpResponse:
    return render(request, "workspace/ideas/idea.html", {"form": form}, status=status)
