"""What the benchmark of reports says of what it measured; of a page that failed it measures nothing."""

from __future__ import annotations

import json
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from devtools.bench import reports

FIGURES = {reports.BARE: (0.5, 1000), "CSV": (2.0, 1_234_567)}


class Answering:
    """A browser that gets the same answer from every address."""

    def __init__(self, **answer: object) -> None:
        self.answer = SimpleNamespace(**answer)

    def get(self, _: str) -> SimpleNamespace:
        return self.answer


@pytest.fixture
def measured(monkeypatch):
    tenant = SimpleNamespace(schema_name="bench")
    monkeypatch.setattr(reports, "temporary_tenant", lambda _: nullcontext(tenant))
    monkeypatch.setattr(reports, "call_in_tenant", lambda *_: FIGURES)


def test_figures_are_told_against_the_bare_answer(measured, capsys):
    assert reports.run([]) == 0

    said = "".join(capsys.readouterr())
    assert "2.00 s of CPU     4.0 times the bare answer      1,234,567 bytes" in said


def test_programs_get_figures_without_words(measured, capsys):
    reports.run(["--json"])

    said = "".join(capsys.readouterr())
    assert json.loads(said[said.index("{") :]) == {name: list(figure) for name, figure in FIGURES.items()}


def test_size_is_that_of_all_pieces():
    streamed = Answering(status_code=200, streaming=True, streaming_content=iter([b"one", b"four"]))

    assert (reports._ask(streamed, "/"), reports._ask(Answering(status_code=200, content=b"whole"), "/")) == (7, 5)


def test_page_that_fails_ends_it():
    with pytest.raises(SystemExit, match="/reports/: 500"):
        reports._ask(Answering(status_code=500), "/reports/")
