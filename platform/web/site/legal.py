"""The platform's terms and its privacy notice: one file per document, version and language.

A version is a date and never changes once somebody has accepted it: a change is a new folder. All of
them stay readable at their own address, so that anybody can be shown what was agreed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.template import engines

from kernel.errors import NotFound
from tenants.types import AcceptedText

TERMS, PRIVACY = "terms", "privacy"
DOCUMENTS = (TERMS, PRIVACY)
PAPERS = ("processing", "processors", "retention", "accessibility", "support")
"""What anybody may read besides; nobody is asked to accept it."""


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
    """Return which versions a form shows, as it sends them back: "2026-11-26 2026-11-26"."""
    return " ".join(list_versions(document)[0] for document in DOCUMENTS)


def _find_folder(document: str) -> Path:
    return Path(engines["django"].dirs[0]) / "site" / document
