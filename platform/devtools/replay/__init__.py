"""``./dev replay [--through engine|database] [--json FILE] SCENARIOS.json …``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from devtools.bench.settings import set_up_django
from devtools.replay.cases import ScenarioCase, UnsupportedCase, UnsupportedScenarioError
from devtools.replay.questions import answer_query
from devtools.replay.scenario_format import load_cases
from kernel.errors import DomainError, Invalid
from kernel.instants import to_instant
from scheduling.engine import EngineInputError

if TYPE_CHECKING:
    from tenants.types import TenantInfo

Result = dict[str, object]
Runner = Callable[[ScenarioCase], Result]


class UnreadableFileError(Exception):
    """A file that holds no scenarios of the format."""

    def __init__(self, path: Path, reason: Exception) -> None:
        super().__init__(f"{path}: {reason}")


def run(argv: Sequence[str]) -> int:
    """Replay scenario files and print what differs; 0 when everything passed."""
    parser = argparse.ArgumentParser(prog="./dev replay", description="Replay scenario files (format scenarios/1).")
    parser.add_argument("--through", choices=("engine", "database"), default="database")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write each case's actual result, a line each")
    parser.add_argument("files", nargs="+", type=Path, metavar="SCENARIOS.json")
    options = parser.parse_args(argv)
    try:
        cases = [case for path in options.files for case in _read(path)]
        if options.json:
            options.json.touch()
    except (OSError, UnreadableFileError) as error:
        print(f"./dev replay: {error}")
        return 2
    with _open(options.through) as runner:
        results = [_run_case(case, runner) for case in cases]
    if options.json:
        options.json.write_text("".join(f"{json.dumps(result)}\n" for _, result in results), encoding="utf-8")
    passed = sum(is_right for is_right, _ in results)
    unsupported = sum("unsupported" in result for _, result in results)
    failed = len(results) - passed - unsupported
    note = f", {unsupported} unsupported" if unsupported else ""
    print(f"{passed} passed, {failed} failed{note}")
    return 1 if failed or unsupported else 0


def _read(path: Path) -> list[ScenarioCase | UnsupportedCase]:
    try:
        return load_cases(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError, UnsupportedScenarioError) as error:
        raise UnreadableFileError(path, error) from error


@contextmanager
def _open(through: str) -> Iterator[Runner]:
    if through == "engine":
        yield _answer_with_engine
        return
    set_up_django()
    # The engine alone needs no framework.
    from devtools.replay.database import Stage, run_parallel, run_query, run_steps, set_up  # noqa: PLC0415
    from devtools.scratch.tenant import temporary_tenant  # noqa: PLC0415
    from tenants.jobs import call_in_tenant  # noqa: PLC0415

    def answer(tenant: TenantInfo, case: ScenarioCase) -> Result:
        stage: Stage = set_up(case, tenant)
        if case.query is not None:
            return {"id": case.id, "slots": [_to_text(minute) for minute in run_query(stage)]}
        if case.steps:
            return {"id": case.id, "outcome": run_steps(stage)}
        accepted, rejected, over = run_parallel(stage, tenant)
        return {"id": case.id, "accepted": accepted, "rejected": rejected, "over_capacity": over}

    with temporary_tenant("replay") as tenant:
        yield lambda case: call_in_tenant(tenant.schema_name, answer, tenant, case)


def _answer_with_engine(case: ScenarioCase) -> Result:
    if case.query is None:
        return {"id": case.id, "unsupported": "the engine alone takes no bookings; use --through database"}
    return {"id": case.id, "slots": [_to_text(minute) for minute in answer_query(case)]}


def _run_case(case: ScenarioCase | UnsupportedCase, runner: Runner) -> tuple[bool, Result]:
    if isinstance(case, UnsupportedCase):
        print(f"{case.id}: unsupported: {case.reason}")
        return False, {"id": case.id, "unsupported": case.reason}
    result = _try_case(case, runner)
    if "error" in result:
        print(f"{case.id}: {case.description}: {result['error']}")
        return False, result
    if "unsupported" in result:
        print(f"{case.id}: unsupported: {result['unsupported']}")
        return False, result
    expected = _expect(case)
    if result != expected:
        print(f"{case.id}: {case.description}: {_describe(result, expected)}")
        return False, result
    return True, result


def _try_case(case: ScenarioCase, runner: Runner) -> Result:
    """Run one case; what it cannot be said in is unsupported, what breaks is an error of this case alone."""
    try:
        return runner(case)
    except UnsupportedScenarioError as error:
        return {"id": case.id, "unsupported": error.where}
    except (DomainError, EngineInputError, OverflowError) as error:
        return {"id": case.id, "unsupported": _name_fields(error)}
    except Exception as error:  # noqa: BLE001 - the edge: the cases after this one still run
        return {"id": case.id, "error": f"{type(error).__name__}: {error}"}


def _name_fields(error: Exception) -> str:
    fields = error.errors if isinstance(error, Invalid) else {}
    return "; ".join(f"{name}: {' '.join(texts)}" for name, texts in fields.items()) or str(error)


def _expect(case: ScenarioCase) -> Result:
    if not case.has_expected_answer:
        return {"id": case.id}
    if case.query is not None:
        return {"id": case.id, "slots": [_to_text(minute) for minute in case.expected_slots]}
    if case.steps:
        return {"id": case.id, "outcome": list(case.expected_outcome)}
    accepted, rejected = case.expected_counts or (0, 0)
    return {"id": case.id, "accepted": accepted, "rejected": rejected, "over_capacity": 0}


def _describe(result: Result, expected: Result) -> str:
    if expected.keys() == {"id"}:
        return "no expected answer in the file"
    slots, wanted = result.get("slots"), expected.get("slots")
    if isinstance(slots, list) and isinstance(wanted, list):
        missing = [slot for slot in wanted if slot not in slots]
        further = [slot for slot in slots if slot not in wanted]
        return f"missing {missing[:5]}, not expected {further[:5]}"
    return f"{result} instead of {expected}"


def _to_text(minute: int) -> str:
    return f"{to_instant(minute):%Y-%m-%dT%H:%M:%SZ}"
