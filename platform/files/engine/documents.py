"""PDFs that are kept as they were sent: a receipt that a bank made.

Nobody here reads them: a reader of PDFs would be the largest hole in the house. What plainly runs programs is refused;
since names in a PDF can be written otherwise, or packed, no page of ours ever shows one: it is saved, and that is all.
"""

from __future__ import annotations

import hashlib

from files.engine.errors import PictureRefused, Refusal
from files.engine.looking import LARGEST_UPLOAD_BYTES
from files.engine.making import MadePicture

BEGINS, ENDS = b"%PDF-", b"%%EOF"
TAIL_BYTES = 2048
"""Programs add a little after the end."""
ACTIVE = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA", b"/SubmitForm")
NAME = "0.pdf"


def is_pdf(content: bytes) -> bool:
    """Tell whether it begins as a PDF does; names and declared types are not believed."""
    return content.startswith(BEGINS)


def look_at_pdf(content: bytes) -> None:
    """Look whether a PDF may be taken.

    Raises:
        PictureRefused: It is too large, was cut off, or holds programs or other files.
    """
    if len(content) > LARGEST_UPLOAD_BYTES:
        raise PictureRefused(Refusal.TOO_MANY_BYTES)
    if ENDS not in content[-TAIL_BYTES:]:
        raise PictureRefused(Refusal.PDF_DAMAGED)
    if any(word in content for word in ACTIVE):
        raise PictureRefused(Refusal.PDF_ACTIVE)


def keep_pdf(content: bytes) -> tuple[MadePicture, ...]:
    """Return the one file that is stored of a PDF: itself; it has no sides.

    Raises:
        PictureRefused: As `look_at_pdf`.
    """
    look_at_pdf(content)
    return (MadePicture(NAME, 0, 0, content, hashlib.sha256(content).hexdigest()),)
