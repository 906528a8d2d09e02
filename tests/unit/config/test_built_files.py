"""What a version's files are made into before it serves; static files are tried in a process of their own."""

from __future__ import annotations

import os

import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.exceptions import ImproperlyConfigured

from config import built_files
from config.built_files import require_built_files


@pytest.fixture
def catalog(tmp_path, settings, monkeypatch):
    """A room's catalog; every static file is there."""
    folder = tmp_path / "locale" / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    monkeypatch.setattr(built_files, "staticfiles_storage", ManifestStaticFilesStorage(location=tmp_path))
    monkeypatch.setattr(built_files, "_list_files", set)
    path = folder / "django.po"
    path.touch()
    return path


def test_translations_must_be_compiled(catalog):
    with pytest.raises(ImproperlyConfigured, match=f"^1 catalogs of translations .* is {catalog}.: run msgfmt"):
        require_built_files()


@pytest.mark.parametrize(("age", "is_refused"), [(-1, True), (0, False), (1, False)])
def test_translations_of_an_older_version_do_not_do(catalog, age, is_refused):
    compiled = catalog.with_suffix(".mo")
    compiled.touch()
    moment = catalog.stat().st_mtime_ns
    os.utime(compiled, ns=(moment, moment + age * 1_000_000_000))

    if is_refused:
        with pytest.raises(ImproperlyConfigured):
            require_built_files()
    else:
        require_built_files()


def test_static_files_must_be_collected(catalog, tmp_path, settings, monkeypatch):
    settings.STATIC_ROOT = tmp_path
    catalog.unlink()
    monkeypatch.undo()
    monkeypatch.setattr(built_files, "staticfiles_storage", ManifestStaticFilesStorage(location=tmp_path))

    with pytest.raises(ImproperlyConfigured, match=r"static files of this version are not in .*manage collectstatic"):
        require_built_files()


def test_whoever_develops_is_not_asked(catalog, monkeypatch):
    monkeypatch.undo()

    require_built_files()
