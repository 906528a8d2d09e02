"""The platform's terms, agreement and privacy notice: one file per document, version and language.

A version is a date and never changes once somebody has accepted it: a change is a new folder. All of
them stay readable at their own address, so that anybody can be shown what was agreed. The date is the one on which
it is announced; `announced.toml` says what it changes, and from which day it holds for those who were there before.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from html import unescape
from importlib.resources import files
from pathlib import Path

from django.template import engines

from kernel.errors import NotFound
from kernel.languages import LANGUAGES
from tenants.types import AcceptedText

TERMS, PRIVACY, PROCESSING = "terms", "privacy", "processing"
DOCUMENTS = (TERMS, PRIVACY, PROCESSING)
"""What a sign-up accepts."""
AGREEMENTS = (TERMS, PROCESSING)
"""What an owner accepts again when it changes; a notice is only read."""
PAPERS = ("processors", "retention", "accessibility", "support")
"""What anybody may read besides; nobody is asked to accept it."""

LINE = re.compile(r"<(h2|p|li)>(.*?)</\1>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class LegalText:
    """A document in one version and language; ``template`` draws it, ``digest`` is its SHA-256."""

    document: str
    version: str
    language: str
    template: str
    digest: str

    def accept(self, sentence: str) -> AcceptedText:
        """Return what somebody accepts who checks the box beside ``sentence``."""
        return AcceptedText(
            document=self.document,
            version=self.version,
            language=self.language,
            digest=self.digest,
            sentence=sentence,
        )


@dataclass(frozen=True, slots=True)
class Announcement:
    """A version of a document that was announced on its date; from ``holds_on`` it holds for everybody."""

    document: str
    version: str
    holds_on: date
    changes: Mapping[str, str]


@lru_cache(maxsize=1)
def list_announcements() -> Sequence[Announcement]:
    """Return what was announced, by document and then the oldest first; ``changes`` is by language."""
    rows = tomllib.loads(files("web.parts.legal").joinpath("announced.toml").read_text(encoding="utf-8"))
    found = [
        Announcement(document, version, row["holds_on"], {language: row[language] for language in LANGUAGES})
        for document, versions in rows.items()
        for version, row in versions.items()
    ]
    return tuple(sorted(found, key=lambda each: (AGREEMENTS.index(each.document), each.version)))


@lru_cache(maxsize=8)
def list_versions(document: str) -> Sequence[str]:
    """Return the versions of a document, the one in force first."""
    return tuple(sorted((folder.name for folder in _find_folder(document).iterdir()), reverse=True))


@lru_cache(maxsize=64)
def get_text(document: str, language: str, version: str = "") -> LegalText:
    """Return a document; without a version the one in force.

    Raises:
        NotFound: There is no such document or version.
    """
    if document not in (*DOCUMENTS, *PAPERS) or (version and version not in list_versions(document)):
        raise NotFound
    version = version or list_versions(document)[0]
    name = f"{version}/{language}.html"
    digest = sha256((_find_folder(document) / name).read_bytes()).hexdigest()
    return LegalText(document, version, language, f"site/{document}/{name}", digest)


def name_versions_in_force() -> str:
    """Return which versions a form shows, as it sends them back: "2026-11-26 2026-11-26 2026-11-28"."""
    return " ".join(list_versions(document)[0] for document in DOCUMENTS)


def write_plainly(text: LegalText) -> str:
    """Return the words of a document without any markup: a paragraph a line, each item behind a dash."""
    path = _find_folder(text.document) / text.version / f"{text.language}.html"
    title, words = (_find_block(path.read_text(encoding="utf-8"), name) for name in ("heading", "words"))
    lines = [title, "", *(_write_line(*found) for found in LINE.findall(words))]
    return unescape("\n".join(lines)) + "\n"


def _find_block(template: str, name: str) -> str:
    return template.partition(f"{{% block {name} %}}")[2].partition("{% endblock")[0]


def _write_line(tag: str, line: str) -> str:
    words = " ".join(TAG.sub("", line).split())
    return {"h2": f"\n{words}\n", "li": f"- {words}"}.get(tag, words)


def _find_folder(document: str) -> Path:
    return Path(engines["django"].dirs[0]) / "site" / document
