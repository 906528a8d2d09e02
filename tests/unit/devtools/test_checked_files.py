"""What a checkout may not contain."""

from __future__ import annotations

from devtools.checks.files import REGISTRIES, list_faults, list_registries


def test_files_of_tools_and_strangers_at_the_top_are_named():
    assert list(list_faults(["docs/api.md", "notes.txt", "api/views.py.orig"], ["tests/x.pyc"])) == [
        "tests/x.pyc is tracked and ignored",
        "notes.txt: the top of the checkout holds what the owner fixed",
        "api/views.py.orig was made by a tool or by chance",
    ]


def test_hosts_of_package_registries_are_named(tmp_path):
    (tmp_path / "drill.py").write_text(f'MIRROR = "http://{REGISTRIES[-1].upper()}.org/x"\n', encoding="utf-8")
    (tmp_path / "honest.py").write_text("made = run(['debootstrap', 'bookworm'])\n", encoding="utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff")

    assert list(list_registries(tmp_path, ["drill.py", "honest.py", "picture.png"])) == [
        f"drill.py names a package registry: {REGISTRIES[-1]}"
    ]
