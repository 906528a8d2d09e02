"""Tables of notifications, all in the tenant's schema."""

from notifications.models.event import Event
from notifications.models.message import Message, MessageTemplate
from notifications.models.webhook import WebhookDelivery, WebhookEndpoint

__all__ = ["Event", "Message", "MessageTemplate", "WebhookDelivery", "WebhookEndpoint"]
