"""Tables of the REST interface."""

from api.models.idempotency import IdempotentAnswer

__all__ = ["IdempotentAnswer"]
