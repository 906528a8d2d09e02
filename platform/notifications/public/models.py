"""Messages of the platform itself."""

from __future__ import annotations

from notifications.models.base import MessageBase


class Message(MessageBase):
    """One message of the platform to the owner of a new business or to an operator."""
