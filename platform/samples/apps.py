"""Django's description of the room: no tables."""

from __future__ import annotations

from django.apps import AppConfig


class SamplesConfig(AppConfig):
    """Makes ``demo_tenant`` known to ``manage``, and its task to workers."""

    name = "samples"
    label = "samples"
