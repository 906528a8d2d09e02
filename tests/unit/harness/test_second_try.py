from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.harness.second_try import is_second_try, list_shaken, pytest_collection_modifyitems

BROWSER, OTHER = "tests/e2e/web/site/test_a.py::test_a", "tests/integration/web/test_e2e.py::test_a"


class Item:
    def __init__(self, nodeid: str) -> None:
        self.nodeid = nodeid
        self.marks: list[tuple[str, dict]] = []

    def add_marker(self, decorator: pytest.MarkDecorator) -> None:
        self.marks.append((decorator.name, decorator.kwargs))


@pytest.mark.parametrize(("is_watched", "marks"), [(False, [("flaky", {"reruns": 1})]), (True, [])])
def test_browser_tests_alone_are_tried_again_unless_somebody_debugs(is_watched, marks):
    items = [Item(BROWSER), Item(OTHER)]

    pytest_collection_modifyitems(SimpleNamespace(option=SimpleNamespace(usepdb=is_watched)), items)

    assert [item.marks for item in items] == [marks, []]


def test_fixture_knows_a_second_try():
    nodes = (SimpleNamespace(), SimpleNamespace(execution_count=1), SimpleNamespace(execution_count=2))

    assert [is_second_try(SimpleNamespace(node=node)) for node in nodes] == [False, False, True]


def test_shaken_tests_are_those_whose_second_try_passed():
    tried = [SimpleNamespace(nodeid=name) for name in ("b", "never", "a")]

    assert list_shaken(tried, [SimpleNamespace(nodeid="never")]) == [tried[2], tried[0]]
