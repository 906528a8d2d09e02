"""App configuration of the public messages."""

from django.apps import AppConfig


class PublicNotificationsConfig(AppConfig):
    """The platform's own messages; an app in both lists would make every table twice."""

    name = "notifications.public"
    label = "notifications_public"
