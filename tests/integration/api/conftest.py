from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import HostClient
from tests.harness.documented import find_undocumented
from tests.harness.late_calls import begin_test


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    begin_test(item)


@pytest.fixture(autouse=True)
def only_documented_answers(monkeypatch) -> Iterator[None]:
    """Whatever a test of the API is answered, the OpenAPI document has to name."""
    undocumented: list[str] = []
    ask = HostClient.generic

    def note(self: HostClient, method: str, path: str, *args: object, **kwargs: object) -> object:
        answer = ask(self, method, path, *args, **kwargs)
        found = find_undocumented(method, answer.wsgi_request.path, answer)
        undocumented.extend([found] if found else [])
        return answer

    monkeypatch.setattr(HostClient, "generic", note)
    yield
    assert undocumented == []


def make_booking_body(client: HostClient, **changes: object) -> dict[str, object]:
    """What books the first free time of the first service, far enough away for any cut-off."""
    service = client.get("/api/v1/services").json()["results"][0]["id"]
    first = datetime.now(tz=UTC).date() + timedelta(days=7)
    query = {"service": service, "from": first, "to": first + timedelta(days=7)}
    days = client.get("/api/v1/availability", query).json()["days"]
    body: dict[str, object] = {
        "service": service,
        "starts_at": next(slot["starts_at"] for day in days for slot in day["slots"]),
        "customer": {"name": "Ana", "phone": "+525512345678"},
        "asset": {"make": "Nissan", "model": "Versa"},
    }
    return {**body, **changes}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Name each call of schemathesis: pytest 9.2 forgets its names, and workers run one of those that are alike."""
    for item in items:
        label = getattr(item, "operation_label", None)
        if label and item.id.params is None:
            item._id = item.id.with_params(label)
