"""App configuration of billing's public tables."""

from django.apps import AppConfig


class PublicBillingConfig(AppConfig):
    """Tables of billing in the public schema; its first model brings ``models.py`` and ``migrations``."""

    name = "billing.public"
    label = "billing_public"
