"""What a customer says about a visit: once, only after it, published only by consent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.models import Message
from scheduling.errors import FeedbackGiven, FeedbackNotFound, FeedbackNotOpen, LinkEnded, RequestInvalid, TokenUnknown
from scheduling.models import Booking, Consent, Feedback
from scheduling.selectors.aftercare.feedback import (
    find_feedback,
    list_feedback,
    list_published,
    shorten_name,
    summarize,
)
from scheduling.services.aftercare.answers import answer_feedback, hide_feedback, show_feedback
from scheduling.services.aftercare.feedback import change_consent, give_feedback
from scheduling.services.messages.manage_tokens import make_manage_token
from scheduling.types.aftercare.views import GivenFeedback, HidingLine
from tenants.context import tenant_scope
from tests.factories.scheduling import NOW as SHOP_NOW
from tests.factories.scheduling import book as book_in_shop
from tests.factories.scheduling import make_shop
from tests.integration.scheduling.aftercare.conftest import STAFF, complete
from tests.integration.scheduling.messages.conftest import NOW, handle_events

GOOD = GivenFeedback(5, "Quedó muy bien", 9, may_publish=True)
BAD = GivenFeedback(2, "Tardaron mucho")


def test_visit_is_rated_once(visited, token):
    give_feedback(token=token, given=GOOD, now=visited.ends_at)
    give_feedback(token=token, given=GOOD, now=visited.ends_at)

    with pytest.raises(FeedbackGiven):
        give_feedback(token=token, given=BAD, now=visited.ends_at)

    (row,) = Feedback.objects.values("score", "comment", "recommend_score", "may_publish")
    assert row == {"score": 5, "comment": "Quedó muy bien", "recommend_score": 9, "may_publish": True}


@pytest.mark.parametrize("may_publish", [True, False])
def test_consent_is_not_changed_or_passed_over_by_saying_the_same_again(visited, token, may_publish):
    give_feedback(token=token, given=replace(GOOD, may_publish=may_publish), now=visited.ends_at)

    with pytest.raises(FeedbackGiven):
        give_feedback(token=token, given=replace(GOOD, may_publish=not may_publish), now=visited.ends_at)

    assert Feedback.objects.get().may_publish is may_publish


def test_visit_that_is_to_come_is_not_rated(book):
    booking = book()

    with pytest.raises(FeedbackNotOpen):
        give_feedback(token=make_manage_token(booking), given=GOOD, now=booking.starts_at)

    assert Feedback.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        (GivenFeedback(0), {"score"}),
        (GivenFeedback(6), {"score"}),
        (GivenFeedback(3, recommend_score=11), {"recommend_score"}),
        (GivenFeedback(3, "x" * 1001), {"comment"}),
        (GivenFeedback(3, "a\x00b"), {"comment"}),
    ],
)
def test_what_cannot_be_kept_names_its_field(visited, token, given, fields):
    with pytest.raises(RequestInvalid) as caught:
        give_feedback(token=token, given=given, now=visited.ends_at)

    assert set(caught.value.errors) == fields
    assert Feedback.objects.count() == 0


def test_link_ends_thirty_days_after_the_visit(visited, token):
    with pytest.raises(LinkEnded):
        give_feedback(token=token, given=GOOD, now=visited.ends_at + timedelta(days=30))
    with pytest.raises(TokenUnknown):
        give_feedback(token="x" * 14, given=GOOD, now=visited.ends_at)

    assert Feedback.objects.count() == 0


def test_low_score_is_told_to_the_owner(visited, token):
    give_feedback(token=token, given=BAD, now=visited.ends_at)
    handle_events(visited.ends_at)

    (message,) = Message.objects.filter(template="business_feedback_low")
    assert message.to == "owner@taller.example"
    assert "2 de 5" in message.subject
    assert "Tardaron mucho" in message.body_text


def test_good_score_is_told_to_nobody(visited, token):
    give_feedback(token=token, given=GOOD, now=visited.ends_at)
    handle_events(visited.ends_at)

    assert Message.objects.filter(template="business_feedback_low").count() == 0


def test_only_what_may_be_published_is(visited, token):
    give_feedback(token=token, given=GivenFeedback(4, "Bien", may_publish=False), now=visited.ends_at)
    assert list_published() is None

    assert change_consent(token=token, may_publish=True, now=visited.ends_at)
    praise = list_published()

    assert praise is not None
    assert (praise.count, praise.average) == (1, 4.0)
    (shown,) = praise.newest
    assert (shown.author, shown.score, shown.comment) == ("Ana R.", 4, "Bien")
    assert Consent.objects.get(purpose="publish_feedback").withdrawn_at is None


def test_what_is_said_of_samples_is_not_published(visited, token):
    Booking.objects.filter(pk=visited.id).update(is_sample=True)
    for _ in range(2):
        give_feedback(token=token, given=GOOD, now=visited.ends_at)

    assert not change_consent(token=token, may_publish=True, now=visited.ends_at)
    assert (list_published(), Consent.objects.filter(purpose="publish_feedback").count()) == (None, 0)


def test_what_was_published_of_samples_before_is_taken_back(visited, token):
    give_feedback(token=token, given=GOOD, now=visited.ends_at)
    migration = import_module("scheduling.migrations.0042_invented_opinions")

    def migrate() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(migration.OPINIONS_SQL)
        return Feedback.objects.get().may_publish

    assert migrate()
    Booking.objects.filter(pk=visited.id).update(is_sample=True)
    assert not migrate()


def test_a_sample_business_shows_what_was_invented_for_it(visited, token):
    Booking.objects.filter(pk=visited.id).update(is_sample=True)

    give_feedback(token=token, given=GOOD, now=visited.ends_at, is_invented=True)

    praise = list_published()
    assert praise is not None
    assert [(each.author, each.comment) for each in praise.newest] == [("Ana R.", GOOD.comment)]


def test_scores_without_words_are_counted_and_words_come_first(book):
    visits = [complete(book(starts_after=NOW + timedelta(days=1 + number))) for number in range(3)]
    for number, (visit, comment) in enumerate(zip(visits, ("Bien", "", "Muy bien"), strict=True)):
        given = GivenFeedback(5 - number, comment, may_publish=True)
        give_feedback(token=make_manage_token(visit), given=given, now=visit.ends_at)

    praise = list_published()

    assert praise is not None
    assert (praise.count, praise.average) == (3, 4.0)
    assert [each.comment for each in praise.newest] == ["Muy bien", "Bien"]


def test_the_index_has_the_order_of_what_is_published(visited, token):
    give_feedback(token=token, given=GOOD, now=visited.ends_at)
    with CaptureQueriesContext(connection) as asked:
        list_published()
    (query,) = asked

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("EXPLAIN (COSTS OFF) " + query["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "scheduling_feedback_public" in plan
    assert "Sort" not in plan


def test_consent_is_withdrawn_at_once(visited, token):
    give_feedback(token=token, given=GOOD, now=visited.ends_at)
    later = visited.ends_at + timedelta(hours=1)

    assert change_consent(token=token, may_publish=False, now=later)
    assert not change_consent(token=token, may_publish=False, now=later)

    assert list_published() is None
    assert Consent.objects.get(purpose="publish_feedback").withdrawn_at == later


def test_consent_is_withdrawn_however_long_ago_the_visit_was(visited, token):
    give_feedback(token=token, given=GOOD, now=visited.ends_at)
    later = visited.ends_at + timedelta(days=400)

    with pytest.raises(LinkEnded):
        change_consent(token=token, may_publish=True, now=later)
    assert change_consent(token=token, may_publish=False, now=later)

    assert list_published() is None
    assert Consent.objects.get(purpose="publish_feedback").withdrawn_at == later
    with pytest.raises(TokenUnknown):
        change_consent(token="x" * 14, may_publish=False, now=later)


def test_consent_to_nothing(visited, token):
    with pytest.raises(FeedbackNotFound):
        change_consent(token=token, may_publish=True, now=visited.ends_at)

    assert Consent.objects.filter(purpose="publish_feedback").count() == 0


def test_hidden_for_a_reason_and_shown_again(visited, token):
    give_feedback(token=token, given=GOOD, now=visited.ends_at)
    later = visited.ends_at + timedelta(days=1)

    with pytest.raises(RequestInvalid):
        hide_feedback(booking_id=visited.id, reason=" ", now=visited.ends_at, by=STAFF)
    assert list_published() is not None
    assert hide_feedback(booking_id=visited.id, reason="Nombra a otra persona", now=visited.ends_at, by=STAFF)
    assert list_published() is None
    assert show_feedback(booking_id=visited.id, now=later, by=STAFF)
    assert not show_feedback(booking_id=visited.id, now=later, by=STAFF)

    assert list_published() is not None
    said = find_feedback(booking_id=visited.id)
    assert said is not None
    assert said.hidings == (
        HidingLine(visited.ends_at, is_hidden=True, user_id=None, reason="Nombra a otra persona"),
        HidingLine(later, is_hidden=False, user_id=None),
    )


def test_answer_is_told_once(visited, token):
    give_feedback(token=token, given=BAD, now=visited.ends_at)

    assert answer_feedback(booking_id=visited.id, text="Perdón, lo vemos.", now=visited.ends_at, by=STAFF)
    assert not answer_feedback(booking_id=visited.id, text="Perdón, lo vemos.", now=visited.ends_at, by=STAFF)
    assert answer_feedback(booking_id=visited.id, text="Perdón, ya lo vimos.", now=visited.ends_at, by=STAFF)
    handle_events(visited.ends_at)

    (message,) = Message.objects.filter(template="feedback_answer")
    assert message.to == "ana@example.com"
    said = find_feedback(booking_id=visited.id)
    assert said is not None
    assert said.answer == "Perdón, ya lo vimos."


def test_lists_are_narrowed_and_summed_up(visited, token):
    give_feedback(token=token, given=BAD, now=visited.ends_at)

    assert [each.score for each in list_feedback(kind="low").rows] == [2]
    assert [each.score for each in list_feedback(kind="unanswered").rows] == [2]
    summary = summarize(since=visited.ends_at - timedelta(days=1))
    assert (summary.count, summary.average, summary.promoter_score) == (1, 2.0, None)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Laura Jiménez Pérez", "Laura J."),
        ("Laura", "Laura"),
        ("", ""),
        ("gana dinero en www.premios.example", ""),
        ("مريم علي", "مريم ع."),
    ],
)
def test_strangers_read_an_initial(name, shown):
    assert shorten_name(name) == shown


def test_a_hundred_at_once_leave_one_row(scratch_tenant):
    with tenant_scope(scratch_tenant):
        service_id, _ = make_shop()
        booked = book_in_shop(service_id)
        Booking.objects.filter(pk=booked.booking_id).update(status="completed")
        token = make_manage_token(Booking.objects.get(pk=booked.booking_id))

    def rate(number: int) -> str:
        try:
            with tenant_scope(scratch_tenant):
                give_feedback(token=token, given=GivenFeedback(1 + number % 5), now=SHOP_NOW)
        except FeedbackGiven as refusal:
            return refusal.code
        finally:
            connection.close()
        return "kept"

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(rate, range(100)))

    with tenant_scope(scratch_tenant):
        (row,) = Feedback.objects.all()
    # Those who say the same as the one that was kept are told nothing else.
    same = sum(1 for number in range(100) if 1 + number % 5 == row.score)
    assert (outcomes.count("kept"), outcomes.count("feedback_given")) == (same, 100 - same)
