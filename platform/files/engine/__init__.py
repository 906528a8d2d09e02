"""Pictures as bytes: what they are, and new ones made from them; PDFs as they are. No framework, no disk."""

from files.engine.documents import is_pdf, keep_pdf, look_at_pdf
from files.engine.errors import PictureRefused, Refusal
from files.engine.looking import LARGEST_UPLOAD_BYTES, look_at
from files.engine.making import MadePicture, Shape, Target, make_pictures

__all__ = [
    "LARGEST_UPLOAD_BYTES",
    "MadePicture",
    "PictureRefused",
    "Refusal",
    "Shape",
    "Target",
    "is_pdf",
    "keep_pdf",
    "look_at",
    "look_at_pdf",
    "make_pictures",
]
