"""Reading the keys of a business."""

from __future__ import annotations

from accounts.errors import KeyUnknown
from accounts.models import ApiKey
from accounts.types import KeyView


def list_keys() -> tuple[KeyView, ...]:
    """Return all keys, the newest first; those that were revoked lately as well; one query."""
    return tuple(view_key(row) for row in ApiKey.objects.select_related("user").order_by("-created_at", "-pk"))


def get_key(key_id: int) -> KeyView:
    """Return one key.

    Raises:
        KeyUnknown: There is none.
    """
    row = ApiKey.objects.select_related("user").filter(pk=key_id).first()
    if row is None:
        raise KeyUnknown
    return view_key(row)


def view_key(row: ApiKey) -> KeyView:
    """Freeze a key that was loaded with its person."""
    return KeyView(
        id=row.pk,
        name=row.name,
        prefix=row.prefix,
        access=dict(row.access),
        person=row.user.name,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
