"""What is made of a version's files before it serves: static files under their hashes, translations.

Without the first each page is an error, without the second everybody reads English. Either is said
at the start, in words.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.exceptions import ImproperlyConfigured


def require_built_files() -> None:
    """Refuse to serve when files of this version were not collected or compiled.

    Where static files are served from where they lie (development, tests) ``./dev`` sees to both.

    Raises:
        ImproperlyConfigured: Files are missing; the text says what to do.
    """
    storage: Any = staticfiles_storage
    if not isinstance(storage, ManifestFilesMixin):
        return
    stale = [path for folder in settings.LOCALE_PATHS for path in sorted(Path(folder).rglob("*.po")) if _is_stale(path)]
    if stale:
        message = (
            f"{len(stale)} catalogs of translations are not compiled (the first is {stale[0]}): "
            "run msgfmt as docs/operations.md says and start again."
        )
        raise ImproperlyConfigured(message)
    packed = storage.list_packed() if hasattr(storage, "list_packed") else set()
    missing = sorted((_list_files() | packed) - set(storage.hashed_files))
    if missing:
        message = (
            f"{len(missing)} static files of this version are not in {settings.STATIC_ROOT} (the first is "
            f"{missing[0]}): run `python -m config.manage collectstatic --noinput` and start again."
        )
        raise ImproperlyConfigured(message)


def _is_stale(path: Path) -> bool:
    """Tell whether a catalog has no compiled form, or one that is older."""
    compiled = path.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime


def _list_files() -> set[str]:
    """Return the names under which ``collectstatic`` puts what every app brings."""
    ignored = apps.get_app_config("staticfiles").ignore_patterns  # type: ignore[attr-defined]
    found = [each for finder in get_finders() for each in finder.list(ignored)]
    return {f"{storage.prefix}/{path}" if getattr(storage, "prefix", "") else path for path, storage in found}
