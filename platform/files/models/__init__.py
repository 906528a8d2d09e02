"""Tables of files, all in the tenant's schema."""

from files.models.data_copy import DataCopy
from files.models.stored_file import StoredFile

__all__ = ["DataCopy", "StoredFile"]
