"""How was it? Asked on one page, answered once; later the same page shows what was said and what became of it."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from edge.access import open_to_anyone
from edge.limits import count_write
from edge.statuses import get_status
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid
from scheduling.errors import FeedbackGiven
from scheduling.selectors.aftercare.feedback import find_feedback, shorten_name
from scheduling.services.aftercare import feedback
from scheduling.types.aftercare.views import LONGEST_COMMENT, GivenFeedback
from tenants.context import current_tenant
from web.booking.manage import TAKEN_BACK, ManagePage, load_page, render_page, while_the_link_leads
from web.errors import translate_error
from web.parts.fields import ChoiceField, TextField
from web.parts.forms import PageForm
from web.parts.widgets import NumberRow, Stars

SCORES = (
    ("1", gettext_lazy("1 of 5: bad")),
    ("2", gettext_lazy("2 of 5: not good")),
    ("3", gettext_lazy("3 of 5: so so")),
    ("4", gettext_lazy("4 of 5: good")),
    ("5", gettext_lazy("5 of 5: very good")),
)
CHANGED = "changed"
DONE = ("given", CHANGED, TAKEN_BACK)
"""What ``?done=`` may announce after a redirect."""


class FeedbackForm(PageForm):
    """Stars, words, whether one would recommend it, and whether everybody may read it: not unless it is ticked."""

    score = ChoiceField(label=gettext_lazy("Rating"), choices=SCORES, widget=Stars())
    comment = TextField(
        label=gettext_lazy("What should the business know?"),
        max_length=LONGEST_COMMENT,
        rows=4,
        required=False,
        help_text=gettext_lazy("Whoever runs the business reads it, and can answer you here."),
    )
    recommend_score = ChoiceField(
        label=gettext_lazy("Would you recommend us? From 0, never, to 10, certainly"),
        choices=[(str(number), str(number)) for number in range(11)],
        required=False,
        widget=NumberRow(),
    )
    may_publish = forms.BooleanField(label=gettext_lazy("Publish it on the booking page"), required=False)

    def read(self) -> GivenFeedback:
        """Return what was filled in; the form is valid."""
        given = self.cleaned_data
        recommend = given["recommend_score"]
        return GivenFeedback(
            score=int(given["score"]),
            comment=given["comment"],
            recommend_score=int(recommend) if recommend else None,
            may_publish=given["may_publish"],
        )


@open_to_anyone
@while_the_link_leads
def tell_how_it_was(request: HttpRequest, token: str) -> HttpResponse:
    """Ask how the visit was, keep the answer on POST, and show it once it is there."""
    page = load_page(token)
    if request.method != "POST":
        asked = request.GET.get("score", "")
        initial = {"score": asked} if asked in dict(SCORES) else {}
        return _render(request, page, FeedbackForm(initial=initial))
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        return _render(request, page, form, status=422)
    count_write(request)
    try:
        feedback.give_feedback(token=token, given=form.read(), now=page.now)
    except FeedbackGiven as error:
        return _render(request, page, FeedbackForm(), status=get_status(error), refusal=translate_error(error))
    except Invalid as error:
        form.refuse(error)
        return _render(request, page, form, status=get_status(error))
    except (Conflict, Forbidden) as error:
        return render_page(request, page, "manage", status=get_status(error), refusal=translate_error(error))
    return _go_on(token, "given")


@open_to_anyone
@require_POST
@while_the_link_leads
def change_consent(request: HttpRequest, token: str) -> HttpResponse:
    """Let everybody read what was said, or nobody any more; the latter also long after the visit."""
    may_publish = request.POST.get("may_publish") == "yes"
    count_write(request)
    try:
        feedback.change_consent(token=token, may_publish=may_publish, now=utc_now())
    except Forbidden as error:
        page = load_page(token)
        return _render(request, page, FeedbackForm(), status=get_status(error), refusal=translate_error(error))
    return _go_on(token, CHANGED if may_publish else TAKEN_BACK)


def _render(
    request: HttpRequest, page: ManagePage, form: FeedbackForm, *, status: int = 200, refusal: str = ""
) -> HttpResponse:
    """Show what was said, or the form; of a visit that is not over, the booking."""
    said = find_feedback(booking_id=page.booking.id)
    if said is None and not page.may_be_rated:
        return redirect("booking:manage", page.token)
    done = request.GET.get("done", "")
    return render_page(
        request,
        page,
        "feedback" if said is None else "feedback_said",
        status=status,
        form=form,
        said=said,
        refusal=refusal,
        done=done if done in DONE else "",
        author=shorten_name(page.booking.customer_name),
        review_url=current_tenant().profile.review_url,
    )


def _go_on(token: str, done: str) -> HttpResponseRedirect:
    address = reverse("booking:feedback", args=[token])
    return HttpResponseRedirect(f"{address}?done={done}")
