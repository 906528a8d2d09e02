"""App configuration of scheduling."""

from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    """What can be booked, and the bookings of one tenant."""

    name = "scheduling"
    label = "scheduling"
