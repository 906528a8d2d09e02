from __future__ import annotations

import json

from coverage import CoverageData

from config.environment import ROOT
from devtools.testing.ran import FILES, list_measured, write_data

SOURCE = """\
def choose(value):
    if value:
        return 1
    return 2
"""


def test_product_and_tools_are_measured_and_migrations_are_not():
    measured = {str(path.relative_to(ROOT)) for path in list_measured()}

    assert {"tenants/apps.py", "platform/devtools/testing/ran.py", "scheduling/engine/__init__.py"} <= measured
    assert not any("/migrations/" in path or path.startswith("tests/") for path in measured)


def test_what_processes_wrote_is_joined_and_what_nobody_imported_counts(tmp_path):
    chosen, idle = tmp_path / "chosen.py", tmp_path / "idle.py"
    chosen.write_text(SOURCE)
    idle.write_text(SOURCE)
    (tmp_path / FILES).write_text(f"{chosen}\n{idle}\n")
    way = {"line": 2, "body": [3, 3]}
    for process, facts in enumerate(([1, 2, 3, {**way, "is_taken": True}], [1, 2, 4, {**way, "is_taken": False}])):
        (tmp_path / f"{process}.ran.json").write_text(json.dumps({str(chosen): facts}))

    write_data(tmp_path, tmp_path / "data")

    data = CoverageData(str(tmp_path / "data"))
    data.read()
    assert data.measured_files() == {str(chosen), str(idle)}
    assert sorted(data.lines(str(chosen)) or ()) == [1, 2, 3, 4]
    assert {(2, 3), (2, 4)} <= set(data.arcs(str(chosen)) or ())
    assert data.lines(str(idle)) == []
