"""Django's description of the room."""

from __future__ import annotations

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Money: what a booking costs in advance."""

    name = "billing"
    label = "billing"
