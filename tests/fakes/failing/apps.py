"""Due work that fails."""

from datetime import datetime

from django.apps import AppConfig


class FailingConfig(AppConfig):
    name = "tests.fakes.failing"
    label = "failing"

    def ready(self) -> None:
        from tenants.hooks import register_due_handler
        from tests.fakes.failing import tasks  # noqa: F401 - registers itself
        from tests.fakes.failing.canaries import CANARIES

        def fail(row_id: int, now: datetime) -> None:
            raise RuntimeError(CANARIES["handler"])

        register_due_handler("failing", fail)
