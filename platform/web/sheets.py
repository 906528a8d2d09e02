"""Style sheets that a page names together are one file where they are minified: `web.sheet_storage`.

A page says ``{% sheets "board visits agenda@narrow" %}`` (`web.templatetags.sheets`): names of files in ``css/``
in their order, each with the medium it is for behind ``@``. ``collectstatic`` finds these words in the templates
and writes one file for each. Files that are packed together weigh a quarter less than alone, and a page asks for two
instead of ten; whoever works on the sheets gets them one by one, as they lie here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import cast

from django.conf import settings
from django.template.utils import get_app_template_dirs

MEDIA = {"print": "print", "narrow": "screen and (max-width: 720px)"}
"""What may stand behind ``@``."""

USE = re.compile(r'{% sheets "([^"]+)" %}')


def parse_sheets(words: str) -> list[tuple[str, str]]:
    """Return the path under ``/static/`` and the medium (empty: all) of each sheet that ``words`` name.

    Raises:
        KeyError: A medium is none of `MEDIA`.
    """
    named = [word.partition("@") for word in words.split()]
    return [(f"css/{name}.css", MEDIA[medium] if medium else "") for name, _, medium in named]


def name_set(words: str) -> str:
    """Return the path of the one file for these sheets; it lies where they lie, so their addresses of fonts hold."""
    return f"css/{'.'.join(words.replace('@', '-').split())}.css"


@lru_cache(maxsize=1)
def list_sets() -> frozenset[str]:
    """Return what the ``{% sheets %}`` of all templates say that name more than one."""
    folders = [*cast("list[Path]", settings.TEMPLATES[0]["DIRS"]), *map(Path, get_app_template_dirs("templates"))]
    pages = [page for folder in folders for page in sorted(folder.rglob("*.html"))]
    said = {words for page in pages for words in USE.findall(page.read_text(encoding="utf-8"))}
    return frozenset(words for words in said if " " in words)
