"""Keeping the notice that somebody was shown, when they agree to something beside it."""

from __future__ import annotations

from datetime import datetime

from privacy.errors import NoticeChanged
from privacy.models import NoticeVersion
from privacy.selectors.notices import OWN, NoticeView, find_kept, make_notice
from tenants.context import current_tenant


def keep_shown_notice(*, version: str, now: datetime) -> str:
    """Keep the notice that somebody was shown, and return its version; empty: the page that was sent had none.

    In the caller's transaction or alone; many at once keep one row.

    Raises:
        NoticeChanged: It says something else by now, and nobody has kept what they were shown: they look again.
    """
    if not version or (version == OWN and current_tenant().profile.privacy_url):
        return version
    current = make_notice()
    if version == current.version:
        _keep(current, now=now)
    elif find_kept(version) is None:
        raise NoticeChanged
    return version


def _keep(notice: NoticeView, *, now: datetime) -> None:
    if find_kept(notice.version) is None:
        row = NoticeVersion(
            version=notice.version,
            texts=dict(notice.texts),
            law_country=current_tenant().country,
            shown_at=now,
        )
        NoticeVersion.objects.bulk_create([row], ignore_conflicts=True)
