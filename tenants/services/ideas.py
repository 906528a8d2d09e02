"""Telling the platform what is missing, from inside of a business; and putting it away once it is read."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from database.locks import KeySpace, lock_words
from kernel.lines import drop_invisible, is_unreadable, unify_breaks
from tenants.context import current_tenant
from tenants.errors import IdeaInvalid, IdeaNotFound, TooManyIdeas
from tenants.models import Idea
from tenants.types.ideas import LONGEST_IDEA

DAY = timedelta(days=1)
MOST_A_DAY = 20
"""Ideas of one business."""
LONGEST_PAGE = 200


@transaction.atomic
def tell_idea(*, text: str, page: str, user_id: int, now: datetime) -> None:
    """Keep what somebody of the current business wants us to know; the same words again within a day are kept once.

    Raises:
        IdeaInvalid: There are no words, too many, or some that cannot be read.
        TooManyIdeas: The business has said very much today.
    """
    words = drop_invisible(unify_breaks(text)).strip()
    if is_unreadable(words.replace("\n", " ").replace("\t", " ")):
        raise IdeaInvalid(errors={"text": (IdeaInvalid.unreadable,)})
    if not words:
        raise IdeaInvalid(errors={"text": (IdeaInvalid.missing,)})
    if len(words) > LONGEST_IDEA:
        raise IdeaInvalid(errors={"text": (IdeaInvalid.too_long,)})
    schema_name = current_tenant().schema_name
    lock_words(KeySpace.LIMIT, "idea")
    today = Idea.objects.filter(schema_name=schema_name, written_at__gt=now - DAY)
    if today.filter(user_id=user_id, text=words).exists():
        return
    if today.count() >= MOST_A_DAY:
        raise TooManyIdeas(wait_seconds=DAY.total_seconds())
    Idea.objects.create(schema_name=schema_name, user_id=user_id, text=words, page=clean_page(page), written_at=now)


def forget_author(user_id: int) -> None:
    """Let nobody see any more that a person of the current business, who leaves it, wrote what they did."""
    Idea.objects.filter(schema_name=current_tenant().schema_name, user_id=user_id).update(user_id=None)


def clean_page(page: str) -> str:
    """Return the path of a page of the workspace, without its query; empty: it is none."""
    path = page.partition("?")[0].partition("#")[0]
    is_ours = path.startswith("/workspace/") and not is_unreadable(path)
    return path[:LONGEST_PAGE] if is_ours else ""


@transaction.atomic
def put_idea_away(*, idea_id: int, now: datetime) -> None:
    """Say that an operator has read it; again changes nothing.

    Raises:
        IdeaNotFound: There is none.
    """
    idea = Idea.objects.select_for_update().filter(pk=idea_id).first()
    if idea is None:
        raise IdeaNotFound
    if idea.read_at is None:
        idea.read_at = now
        idea.save(update_fields=["read_at"])
