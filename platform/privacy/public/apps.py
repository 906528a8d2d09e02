"""App configuration of privacy's public tables."""

from django.apps import AppConfig


class PublicPrivacyConfig(AppConfig):
    """Tables of privacy in the public schema."""

    name = "privacy.public"
    label = "privacy_public"
