"""Due work that fails."""

from datetime import datetime
from pathlib import Path

from django.apps import AppConfig


class FailingConfig(AppConfig):
    name = "tests.fakes.failing"
    label = "failing"
    path = str(Path(__file__).parent)  # a folder without __init__.py may lie in several places of the search path

    def ready(self) -> None:
        from tenants.hooks import register_due_handler
        from tests.fakes.failing import tasks  # noqa: F401 - registers itself
        from tests.fakes.failing.canaries import CANARIES

        def fail(row_id: int, now: datetime) -> None:
            raise RuntimeError(CANARIES["handler"])

        register_due_handler("failing", fail)
