"""The page about people: who waited for a place, what customers said, and which messages they got at what cost."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from accounts.policies import Permission
from edge.access import requires
from notifications.selectors.tallies import MessageTally, tally_messages
from scheduling.selectors.reports.voices import tally_feedback, tally_feedback_by_service, tally_waitlist
from scheduling.types.reports.voices import SCORES, FeedbackTally, WaitlistTally
from web.formats import Formats
from web.parts.cells import write_amount
from web.templatetags.formats import get_current_formats
from web.workspace.reports.asking import Asked, read_asked
from web.workspace.reports.frame import make_frame
from web.workspace.reports.tables import Cell, ReportTable, add_bars
from web.workspace.reports.words import Figure, say_growth, say_share

NO_COST = "–"


@requires(Permission.REPORT_VIEW)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show who waited, what was said, and what was sent."""
    asked, formats = read_asked(request), get_current_formats()
    waiting, said = tally_waitlist(asked.days, asked.filters), tally_feedback(asked.days, asked.filters)
    sent = _tally_messages(asked)
    context = make_frame(asked, formats, page="reports_voices") | {
        "figures": _list_figures(asked, waiting, said, sent, formats),
        "waitlist_table": make_waitlist_table(asked, waiting, formats),
        "scores_table": make_scores_table(asked, said, formats),
        "opinions_table": make_opinions_table(asked, formats),
        "messages_table": make_messages_table(sent, formats),
    }
    return render(request, "workspace/reports/voices.html", context)


def make_waitlist_table(asked: Asked, waiting: Sequence[WaitlistTally], formats: Formats) -> ReportTable:
    """Return who joined the waitlist, by service, and what became of them."""
    url = reverse("workspace:waitlist")
    rows = [
        (
            Cell(each.service_name, each.service_name),
            Cell(each.joined, formats.format_number(each.joined), url),
            Cell(each.offered, formats.format_number(each.offered)),
            Cell(
                each.booked,
                formats.format_number(each.booked),
                asked.make_list_url(door="waitlist", service=str(each.service_id)),
            ),
            Cell(each.waiting, formats.format_number(each.waiting), url if each.waiting else ""),
        )
        for each in waiting
    ]
    return ReportTable(
        "waitlist",
        gettext_lazy("Waitlist"),
        (
            gettext_lazy("Service"), gettext_lazy("Joined"), gettext_lazy("Got an offer"), gettext_lazy("Took it"),
            gettext_lazy("Still waiting"),
        ),
        add_bars(rows, 1),
        gettext_lazy("Who joined in these days; where they stand is as of now."),
    )  # fmt: skip


def make_scores_table(asked: Asked, said: FeedbackTally, formats: Formats) -> ReportTable:
    """Return how many gave which score, the best first."""
    rows = [
        (
            Cell(score, formats.format_number(score)),
            Cell(count, formats.format_number(count), asked.make_opinions_url(score=str(score)) if count else ""),
            _share_cell(count, said.count, formats),
        )
        for score, count in reversed(tuple(zip(SCORES, said.counts, strict=True)))
    ]
    return ReportTable(
        "scores",
        gettext_lazy("Opinions by score"),
        (gettext_lazy("Score"), gettext_lazy("Opinions"), pgettext_lazy("of a whole", "Share")),
        add_bars(rows, 1),
        gettext_lazy("What was said in these days, about whichever visit."),
    )


def make_opinions_table(asked: Asked, formats: Formats) -> ReportTable:
    """Return what was said about which service; one query."""
    rows = [
        (
            Cell(each.service_name, each.service_name),
            Cell(
                each.count,
                formats.format_number(each.count),
                asked.make_opinions_url(service=str(each.service_id)),
            ),
            Cell(round(each.average, 2), formats.format_number(round(each.average, 1))),
        )
        for each in tally_feedback_by_service(asked.days, asked.filters)
    ]
    return ReportTable(
        "opinions",
        gettext_lazy("Opinions by service"),
        (gettext_lazy("Service"), gettext_lazy("Opinions"), gettext_lazy("Average")),
        add_bars(rows, 1),
    )


def make_messages_table(sent: Sequence[MessageTally], formats: Formats) -> ReportTable:
    """Return what was sent by which channel, and what carriers asked for it."""
    rows = [
        (
            Cell(str(each.channel.label), str(each.channel.label)),
            Cell(each.sent, formats.format_number(each.sent)),
            Cell(each.failed, formats.format_number(each.failed)),
            _cost_cell(each, formats),
        )
        for each in sent
    ]
    return ReportTable(
        "messages",
        gettext_lazy("Messages and their cost"),
        (gettext_lazy("Channel"), gettext_lazy("Sent"), gettext_lazy("Not sent"), gettext_lazy("Cost")),
        add_bars(rows, 1),
        gettext_lazy("To customers and to your team. The cost is what carriers say; a dash: they said nothing."),
    )


def make_messages_of(asked: Asked, formats: Formats) -> ReportTable:
    """Return the table of messages of a report."""
    return make_messages_table(_tally_messages(asked), formats)


def _tally_messages(asked: Asked) -> tuple[MessageTally, ...]:
    return tally_messages(since=asked.days.since, until=asked.days.until)


def _cost_cell(each: MessageTally, formats: Formats) -> Cell:
    if not each.currency:
        return Cell(None, NO_COST)
    return Cell(write_amount(each.price_minor, each.currency), formats.format_money(each.price_minor, each.currency))


def _share_cell(count: int, whole: int, formats: Formats) -> Cell:
    share = count / whole if whole else None
    return Cell(None if share is None else round(share, 4), say_share(formats, share))


def _list_figures(
    asked: Asked,
    waiting: Sequence[WaitlistTally],
    said: FeedbackTally,
    sent: Sequence[MessageTally],
    formats: Formats,
) -> list[Figure]:
    joined, booked = sum(each.joined for each in waiting), sum(each.booked for each in waiting)
    count = sum(each.sent for each in sent)
    joined_change = said_change = sent_change = None
    if before := asked.days_before:
        old = tally_waitlist(before, asked.filters)
        joined_change = say_growth(formats, joined, sum(each.joined for each in old), is_good=None)
        said_change = say_growth(formats, said.count, tally_feedback(before, asked.filters).count)
        old_sent = tally_messages(since=before.since, until=before.until)
        sent_change = say_growth(formats, count, sum(each.sent for each in old_sent), is_good=None)
    average = "–" if said.average is None else formats.format_number(round(said.average, 1))
    promoter = "–" if said.promoter_score is None else formats.format_number(round(said.promoter_score))
    detail = gettext("%(part)s of %(whole)s") % {
        "part": formats.format_number(booked),
        "whole": formats.format_number(joined),
    }
    voices, recommending = asked.make_opinions_url(), asked.make_opinions_url(recommending="yes")
    share = say_share(formats, booked / joined if joined else None)
    return [
        Figure(
            "joined", gettext("Joined the waitlist"), "bell", formats.format_number(joined),
            reverse("workspace:waitlist"), change=joined_change,
        ),
        Figure("booked", gettext("Got a place from it"), "calendar-check", share, asked.make_list_url(door="waitlist"),
               detail=detail),
        Figure("said", gettext("Opinions"), "star", formats.format_number(said.count), voices, change=said_change),
        Figure("average", gettext("Average"), "star", average, voices, detail=gettext("of 5")),
        Figure("promoters", gettext("Recommendation (NPS)"), "heart", promoter, recommending,
               detail=gettext("from −100 to 100")),
        Figure("sent", gettext("Messages sent"), "send", formats.format_number(count), "#messages", change=sent_change),
    ]  # fmt: skip
