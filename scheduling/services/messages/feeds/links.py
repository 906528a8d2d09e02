"""Links to calendars: made, shown again, and revoked.

What a link tells is judged whenever it is read: `tells_names`. See `docs/decisions/0038-calendar-feeds-are-links.md`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.policies import Permission, has_permission
from audit.enums import Action
from audit.selectors.log import find_last_version
from audit.services.log import log_changes
from audit.types import NewEntry
from database.locks import KeySpace, lock_words
from database.transactions import write_transaction
from kernel.ids import hash_token
from scheduling.errors import ResourceNotFound
from scheduling.errors.feeds import FeedNotFound, TooManyFeeds
from scheduling.models import CalendarFeed, Resource
from scheduling.services.messages.manage_tokens import derive_token, find_current_token
from scheduling.types import Actor, FeedView
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.hooks import register_restore_step
from tenants.hosts import make_base_url
from tenants.policies import check_business_may
from tenants.types import RestoredTenant

MOST_FEEDS = 100
NOUN = "calendar_feed"
"""In the log of changes."""
USED_EVERY = timedelta(hours=1)
"""So exactly is known when a link was read: one write in an hour, however often programs ask."""
NOTE = "Calendar feeds have new links: whoever subscribed to one needs the one that its page in the workspace shows."


@write_transaction()
def add_feed(*, resource_id: int, is_full: bool, by: Actor, now: datetime, is_own: bool = False) -> int:
    """Make a link to what a resource is booked for, and return the number of its row; the log keeps who did.

    ``is_own``: only of whom ``by`` is booked as.

    Raises:
        StatusForbids: The state of the business allows no change.
        ResourceNotFound: There is no such resource in use, or it is somebody else.
        TooManyFeeds: There are as many links as there may be.
    """
    check_business_may(Ability.WRITE, is_staff=True)
    lock_words(KeySpace.LIMIT, NOUN)
    resource = Resource.objects.select_for_update().filter(pk=resource_id, is_active=True).first()
    if resource is None or (is_own and resource.user_id != by.user_id):
        raise ResourceNotFound
    if CalendarFeed.objects.count() >= MOST_FEEDS:
        raise TooManyFeeds(most=MOST_FEEDS)
    feed = CalendarFeed(resource=resource, is_full=is_full, made_by_id=by.user_id, created_at=now)
    feed.token_hash = _hash(feed.key)
    feed.save()
    _log(feed, Action.CREATED, by=by, now=now)
    return feed.pk


@write_transaction()
def revoke_feed(*, feed_id: int, by: Actor, now: datetime, is_own: bool = False) -> None:
    """Let a link lead nowhere any more, in every state of the business; again changes nothing.

    ``is_own``: only one that ``by`` made; another's is as if it were not there.
    """
    rows = CalendarFeed.objects.select_for_update(of=("self",)).filter(pk=feed_id)
    feed = (rows.filter(made_by_id=by.user_id) if is_own else rows).first()
    if feed is not None:
        _log(feed, Action.DELETED, by=by, now=now)
        feed.delete()


def list_feeds() -> tuple[FeedView, ...]:
    """Return every link to what is in use, by whose it is; one query."""
    return tuple(_view(row) for row in list_leading().order_by("resource__name", "pk"))


def list_own_feeds(*, user_id: int) -> tuple[FeedView, ...]:
    """Return the links that somebody made to what they are booked for; one query."""
    rows = list_leading().filter(made_by_id=user_id, resource__user_id=user_id)
    return tuple(_view(row) for row in rows.order_by("resource__name", "pk"))


def use_feed(token: str, *, now: datetime) -> CalendarFeed:
    """Return the row that a link leads to, and note that it was used.

    Raises:
        FeedNotFound: It leads nowhere, was revoked, or who or what it tells about is archived.
    """
    feed = list_leading().filter(token_hash=hash_token(token)).first()
    if feed is None:
        raise FeedNotFound
    if feed.last_used_at is None or feed.last_used_at <= now - USED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lte=now - USED_EVERY)
        CalendarFeed.objects.filter(stale, pk=feed.pk).update(last_used_at=now)
    return feed


def tells_names(feed: CalendarFeed) -> bool:
    """Tell whether a link says who comes: it was made so, and whoever made it might make it so now."""
    maker, is_own = feed.made_by, feed.made_by_id == feed.resource.user_id
    may = has_permission(maker, Permission.CUSTOMER_VIEW if is_own else Permission.SETTINGS_MANAGE)
    return feed.is_full and may


def list_leading() -> QuerySet[CalendarFeed]:
    """List the links that lead somewhere: who has left reads nobody's names any more."""
    return CalendarFeed.objects.select_related("resource", "made_by").filter(resource__is_active=True)


def derive_feeds_anew(restored: RestoredTenant) -> tuple[str, ...]:  # noqa: ARG001 - as every restore step
    """Store the hashes of the links that lead here from now on: they are derived from the name of the schema."""
    rows = list(CalendarFeed.objects.all())
    for row in rows:
        row.token_hash = _hash(row.key)
    CalendarFeed.objects.bulk_update(rows, ["token_hash"])
    return (NOTE,) if rows else ()


def register() -> None:
    """Do this whenever a business is restored."""
    register_restore_step("feeds", 31, derive_feeds_anew)


def _log(feed: CalendarFeed, action: Action, *, by: Actor, now: datetime) -> None:
    """Write down who opened a calendar to others, or closed it."""
    values = {"resource_id": feed.resource_id, "is_full": feed.is_full}
    is_new = action == Action.CREATED
    fields = {name: (None, value) if is_new else (value, None) for name, value in values.items()}
    # A business that was imported has the log of before, and none of its links: their numbers come again.
    version = find_last_version(noun=NOUN, row_id=feed.pk) + 1
    log_changes([NewEntry(NOUN, feed.pk, version, action, fields)], user_id=by.user_id, now=now)


def _view(row: CalendarFeed) -> FeedView:
    return FeedView(
        id=row.pk,
        resource_id=row.resource_id,
        resource_name=row.resource.name,
        is_full=row.is_full,
        tells_names=tells_names(row),
        made_by=row.made_by.name if row.made_by else "",
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        url=_make_url(row),
    )


def _hash(key: UUID) -> str:
    return hash_token(derive_token(_name(key), 1))


def _make_url(feed: CalendarFeed) -> str:
    token = find_current_token(_name(feed.key), 1, feed.token_hash)
    if hash_token(token) != feed.token_hash:
        return ""  # made under a secret that is not listed any more: it leads on, and nobody can show it
    return f"{make_base_url(current_tenant().primary_host)}/feeds/{token}/calendar.ics"


def _name(key: UUID) -> str:
    """Return what a link is derived from; no booking's calendar identity begins so."""
    return f"feed:{key}"
