"""Pages name style sheets by their hash: without collected files each of them would be an error."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.exceptions import ImproperlyConfigured


def require_static_files() -> None:
    """Refuse to serve when files of this version were not collected (``manage collectstatic``).

    Where files are served from where they lie (development, tests) there is nothing to collect.

    Raises:
        ImproperlyConfigured: Files are missing; the text says what to do.
    """
    storage: Any = staticfiles_storage
    if not isinstance(storage, ManifestFilesMixin):
        return
    missing = sorted(_list_files() - set(storage.hashed_files))
    if missing:
        message = (
            f"{len(missing)} static files of this version are not in {settings.STATIC_ROOT} (the first is "
            f"{missing[0]}): run `python -m config.manage collectstatic --noinput` and start again."
        )
        raise ImproperlyConfigured(message)


def _list_files() -> set[str]:
    """Return the names under which ``collectstatic`` puts what every app brings."""
    ignored = apps.get_app_config("staticfiles").ignore_patterns  # type: ignore[attr-defined]
    found = [each for finder in get_finders() for each in finder.list(ignored)]
    return {f"{storage.prefix}/{path}" if getattr(storage, "prefix", "") else path for path, storage in found}
