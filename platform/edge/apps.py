"""App configuration of what answers over HTTP."""

from django.apps import AppConfig


class EdgeConfig(AppConfig):
    """What API, pages and console share; no tables."""

    name = "edge"
    label = "edge"

    def ready(self) -> None:
        """Answer for hosts at which no tenant does."""
        from edge import closed  # noqa: PLC0415
        from tenants import hooks  # noqa: PLC0415

        hooks.register_refusals(
            hooks.Refusals(
                unknown_host=closed.answer_unknown_host,
                moved=closed.answer_moved,
                not_ready=closed.answer_not_ready,
                away=closed.answer_away,
            ),
        )
