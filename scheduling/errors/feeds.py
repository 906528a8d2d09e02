"""Expected failures of calendar feeds."""

from __future__ import annotations

from kernel.errors import Conflict, NotFound
from kernel.text import mark


class FeedNotFound(NotFound):
    """The link leads to no calendar, or was revoked."""

    code = "feed_not_found"
    text = mark("This calendar link does not exist or was revoked.")


class TooManyFeeds(Conflict):
    """The business has as many calendar links as it may have."""

    code = "too_many_feeds"
    text = mark("You have %(most)s calendar links, and no more fit. Revoke one that nobody needs.")
