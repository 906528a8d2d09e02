"""Static files as production serves them: named by their content, compressed, style sheets minified and packed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

from web.sheets import list_sets, name_set, parse_sheets

_SPACE = r"(?:\s|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)"
_PARTS = re.compile(rf"""("(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*')|{_SPACE}*([{{}};]){_SPACE}*|{_SPACE}+""")


def minify(text: str) -> str:
    """Return a style sheet without comments, and with space only where it may have a meaning.

    Nothing else is touched: what is shorter still (``.a :is(b)`` without its space) is another rule to browsers.
    """
    return _PARTS.sub(lambda found: found[1] or found[2] or " ", text).strip().replace(";}", "}")


class SheetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # brings no types
    """Keeps style sheets minified and, beside them, those that pages name together as one."""

    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Iterator[Any]:
        """Minify what lies in ``css/``, write the sets, and name all by their content."""
        if not options.get("dry_run"):
            alone = [path for path in paths if path.startswith("css/") and path.endswith(".css")]
            for path in alone:
                place = Path(self.path(path))
                place.write_text(minify(place.read_text(encoding="utf-8")), encoding="utf-8")
            made = [words for words in sorted(list_sets()) if self._is_here(words, paths)]
            for words in made:
                Path(self.path(name_set(words))).write_text(self._join(words), encoding="utf-8")
            # Read from here, not from where they were collected: those are as we wrote them.
            paths = {**paths, **{path: (self, path) for path in (*alone, *map(name_set, made))}}
        yield from super().post_process(paths, *args, **options)

    @staticmethod
    def list_packed() -> set[str]:
        """Return the files that ``collectstatic`` adds to what the apps bring."""
        return {name_set(words) for words in list_sets()}

    def _is_here(self, words: str, paths: dict[str, Any]) -> bool:
        """Tell whether a set's parts are among what was collected."""
        return all(path in paths for path, _ in parse_sheets(words))

    def _join(self, words: str) -> str:
        texts = [(Path(self.path(path)).read_text(encoding="utf-8"), medium) for path, medium in parse_sheets(words)]
        return "".join(f"@media {medium}{{{text}}}" if medium else text for text, medium in texts)
