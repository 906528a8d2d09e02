"""What ``./dev bench pages`` makes of its rounds, and what its server notes."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from devtools.bench.pages.command import Step, run, summarize
from devtools.bench.pages.served import COUNTER, CPU, GZIP, MILLISECONDS, QUERIES, WHITENOISE, arrange, count
from devtools.bench.pages.walker import Seen


def walk(*, times: float, queries: int = 4) -> list[Seen]:
    return [Seen("first page", 10.0, 8.0, 9), Seen("times", times, times / 2, queries)]


def test_steps_are_medians_in_the_order_of_the_walk():
    steps = summarize([walk(times=20.0), walk(times=90.0, queries=7), walk(times=30.0)], [])

    assert steps == [Step("first page", 10.0, 8.0, 9, 9), Step("times", 30.0, 15.0, 4, 7)]


def test_a_ratio_is_taken_within_a_round_and_a_step_of_now_alone_has_none():
    now = [[*walk(times=20.0), Seen("my visits", 5.0, 4.0, 3)], [*walk(times=60.0), Seen("my visits", 5.0, 4.0, 3)]]
    before = [walk(times=10.0), walk(times=60.0)]

    assert [(each.ratio, each.cpu_ratio) for each in summarize(now, before)] == [(1.0, 1.0), (1.5, 1.5), (None, None)]


def test_the_counter_is_before_all_and_only_pages_are_packed():
    arranged = arrange(settings.MIDDLEWARE)

    place = settings.MIDDLEWARE.index(WHITENOISE) + 1
    assert arranged == [COUNTER, *settings.MIDDLEWARE[:place], GZIP, *settings.MIDDLEWARE[place:]]


@pytest.mark.django_db
def test_answers_say_time_and_queries():
    def view(_request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.execute("SELECT 2")
        return HttpResponse("page")

    view(None)  # the first one also chooses the schema

    answer = count(view)(RequestFactory().get("/"))

    assert answer.headers[QUERIES] == "2"
    assert 0 < float(answer.headers[CPU]) <= float(answer.headers[MILLISECONDS]) + 1
    assert connection.execute_wrappers == []


def test_what_it_cannot_leave_out_is_refused(capsys):
    with pytest.raises(SystemExit):
        run(["--only", "photos"])

    assert "invalid choice: 'photos'" in capsys.readouterr().err
