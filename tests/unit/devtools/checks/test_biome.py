"""Lint and format of scripts and style sheets, and what is said where there is no program for it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from config.environment import ROOT
from devtools.checks import biome

PROGRAM = biome.find_program()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / biome.FOLDER / "js").mkdir(parents=True)
    (tmp_path / biome.FOLDER / "css").mkdir()
    shutil.copy(ROOT / biome.SETTINGS, tmp_path)
    return tmp_path


@pytest.mark.parametrize(("is_ci", "code"), [(False, 0), (True, 1)])
def test_platform_without_the_program_is_told_and_fails_in_ci_only(
    is_ci: bool, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert biome.check(program=None, is_ci=is_ci) == code

    assert "biome has no wheel on this platform" in capsys.readouterr().out


if PROGRAM is not None:

    @pytest.mark.parametrize(
        ("place", "text", "rule"),
        [
            ("js/page.js", "const a = 1;\n", "noUnusedVariables"),
            ("js/page.js", 'document.title = whatever + "a";\n', "noUndeclaredVariables"),
            ("js/page.js", "console.log(document.title);\n", "noConsole"),
            ("js/page.js", "document.title = 'a'\n", "format"),
            ("css/page.css", ".visit {\n\tcolour: red;\n}\n", "noUnknownProperty"),
            ("css/page.css", ".visit{color:red}\n", "format"),
        ],
    )
    def test_fault_is_named(
        checkout: Path, place: str, text: str, rule: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (checkout / biome.FOLDER / place).write_text(text, encoding="utf-8")

        assert biome.check(program=PROGRAM, is_ci=False, root=checkout) == 1

        said = capsys.readouterr().out
        assert place in said
        assert rule in said

    def test_writing_formats_and_says_nothing(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
        script, sheet = checkout / biome.FOLDER / "js" / "page.js", checkout / biome.FOLDER / "css" / "page.css"
        script.write_text("document.title = 'a'\n", encoding="utf-8")
        sheet.write_text(".visit{color:red}\n", encoding="utf-8")

        assert biome.check(program=PROGRAM, is_ci=False, is_writing=True, root=checkout) == 0

        assert capsys.readouterr().out == ""
        assert script.read_text(encoding="utf-8") == 'document.title = "a";\n'
        assert sheet.read_text(encoding="utf-8") == ".visit {\n\tcolor: red;\n}\n"
