"""Pictures as bytes: what they are, and new ones made from them; PDFs as they are; tables read row by row.

No framework, no disk.
"""

from files.engine.documents import is_pdf, keep_pdf, look_at_pdf
from files.engine.errors import PictureRefused, Refusal, TableRefused
from files.engine.looking import LARGEST_UPLOAD_BYTES, look_at
from files.engine.making import MadePicture, Shape, Target, make_pictures
from files.engine.tables import MOST_BYTES, TableShape, check_table, open_table

__all__ = [
    "LARGEST_UPLOAD_BYTES",
    "MOST_BYTES",
    "MadePicture",
    "PictureRefused",
    "Refusal",
    "Shape",
    "TableRefused",
    "TableShape",
    "Target",
    "check_table",
    "is_pdf",
    "keep_pdf",
    "look_at",
    "look_at_pdf",
    "make_pictures",
    "open_table",
]
