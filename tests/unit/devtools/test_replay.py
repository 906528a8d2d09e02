"""``./dev replay --through engine``: what it prints, writes and returns."""

import json
from pathlib import Path

import pytest

from devtools import replay

PATH = Path(__file__).parents[2] / "scenarios" / "engine.json"
CASES = {case["id"]: case for case in json.loads(PATH.read_text(encoding="utf-8"))["cases"]}


@pytest.fixture
def play(tmp_path, capsys):
    """Replay cases through the engine; return the exit code, the printed lines and the written results."""

    def run(*cases):
        scenarios, answers = tmp_path / "scenarios.json", tmp_path / "answers.jsonl"
        scenarios.write_text(json.dumps({"schema": "scenarios/1", "cases": cases}), encoding="utf-8")
        code = replay.run(["--through", "engine", "--json", str(answers), str(scenarios)])
        results = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
        return code, capsys.readouterr().out.splitlines(), results

    return run


def test_a_right_answer_passes_and_is_written(play):
    case = CASES["basic-01"]

    code, lines, results = play(case)

    assert (code, lines) == (0, ["1 passed, 0 failed"])
    assert results == [{"id": "basic-01", "slots": case["expected_slots"]}]


def test_a_wrong_answer_fails_with_one_line(play):
    case = CASES["basic-05"] | {"expected_slots": []}

    code, lines, _ = play(case)

    assert code == 1
    assert lines == [
        f"basic-05: {case['description']}: missing [], not expected ['2026-01-14T08:00:00Z']",
        "0 passed, 1 failed",
    ]


def test_a_case_without_its_answer_is_answered_and_does_not_pass(play):
    case = CASES["basic-07"].copy()
    del case["expected_slots"]

    code, lines, results = play(case)

    assert code == 1
    assert lines == [
        f"basic-07: {case['description']}: no expected answer in the file",
        "0 passed, 1 failed",
    ]
    assert results == [{"id": "basic-07", "slots": []}]


def test_what_it_cannot_express_is_counted_apart(play):
    code, lines, results = play(CASES["book-01"], CASES["basic-07"])

    assert code == 1
    assert lines[-1] == "1 passed, 0 failed, 1 unsupported"
    assert results[0] == {
        "id": "book-01",
        "unsupported": "the engine alone takes no bookings; use --through database",
    }


def test_refused_numbers_name_their_field(play):
    case = CASES["basic-07"]

    code, lines, results = play(case | {"query": case["query"] | {"to": "2036-01-14"}})

    assert code == 1
    assert results == [{"id": "basic-07", "unsupported": "to_minute: range_too_long"}]
    assert lines[-1] == "0 passed, 0 failed, 1 unsupported"


def test_a_case_that_breaks_leaves_the_others_alone(play, monkeypatch):
    def answer(case):
        if case.id == "basic-05":
            raise ZeroDivisionError("by zero")
        return list(case.expected_slots)

    monkeypatch.setattr(replay, "answer_query", answer)

    code, lines, results = play(CASES["basic-05"], CASES["basic-07"])

    assert code == 1
    assert lines[-1] == "1 passed, 1 failed"
    assert results[0] == {"id": "basic-05", "error": "ZeroDivisionError: by zero"}


@pytest.mark.parametrize("text", ["", "[", "[]", '{"schema": "scenarios/2", "cases": []}', "[" * 100_000])
def test_a_file_of_another_kind_is_named(text, tmp_path, capsys):
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")

    code = replay.run(["--through", "engine", str(PATH), str(path)])

    assert code == 2
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"./dev replay: {path}: ")


def test_several_files_are_counted_together(capsys):
    code = replay.run(["--through", "engine", str(PATH), str(PATH)])

    assert code == 1
    assert capsys.readouterr().out.splitlines()[-1] == "152 passed, 0 failed, 20 unsupported"
