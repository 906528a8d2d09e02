"""Shapes of photos."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from scheduling.types import MOST_PHOTOS


class PhotoSetShape(serializers.Serializer[Any]):
    """Photos that were sent together; ``set`` is a secret that attaches them to a booking."""

    set = serializers.CharField()
    photos = serializers.ListField(child=serializers.CharField(), help_text="Their identifiers, in order.")
    left = serializers.IntegerField(min_value=0, max_value=MOST_PHOTOS, help_text="How many more can be sent.")
