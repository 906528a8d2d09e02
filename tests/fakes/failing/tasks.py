"""A task that fails with what it was given."""

from celery import current_app


@current_app.task(name="failing.fail")
def fail(*, note: str, **_: object) -> None:
    raise RuntimeError(note)
