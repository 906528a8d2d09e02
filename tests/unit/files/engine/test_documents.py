"""PDFs: which are kept, and which are not."""

from __future__ import annotations

import hashlib

import pytest

from files.engine import LARGEST_UPLOAD_BYTES, PictureRefused, Refusal, is_pdf, keep_pdf, look_at_pdf
from files.engine.documents import ACTIVE

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


@pytest.mark.parametrize(("content", "expected"), [(PDF, True), (b" " + PDF, False), (b"", False)])
def test_pdf_is_known_by_how_it_begins(content, expected):
    assert is_pdf(content) is expected


def test_pdf_is_kept_as_it_is():
    (made,) = keep_pdf(PDF)

    assert (made.name, made.content, made.sha256) == ("0.pdf", PDF, hashlib.sha256(PDF).hexdigest())
    assert (made.width, made.height) == (0, 0)


@pytest.mark.parametrize("word", ACTIVE)
def test_pdf_with_programs_or_files_is_refused(word):
    with pytest.raises(PictureRefused) as refused:
        keep_pdf(PDF.replace(b"<<>>", b"<< " + word + b" >>", 1))

    assert refused.value.refusal == Refusal.PDF_ACTIVE


def test_pdf_that_was_cut_off_is_refused():
    with pytest.raises(PictureRefused) as refused:
        look_at_pdf(PDF + b"x" * 2048)

    assert refused.value.refusal == Refusal.PDF_DAMAGED


@pytest.mark.parametrize(("more", "is_refused"), [(0, False), (1, True)])
def test_pdf_has_a_largest_size(more, is_refused):
    filler = b"0" * (LARGEST_UPLOAD_BYTES - len(PDF) + more)
    content = PDF[:9] + filler + PDF[9:]
    found = None
    try:
        look_at_pdf(content)
    except PictureRefused as refused:
        found = refused.refusal

    assert found == (Refusal.TOO_MANY_BYTES if is_refused else None)
