"""A task that fails with what it was given."""

from celery import current_app

from tests.fakes.failing.canaries import CANARIES


@current_app.task(name="failing.fail")
def fail(*, note: str, **_: object) -> None:
    assert note == CANARIES["task"]
    raise RuntimeError(note)
