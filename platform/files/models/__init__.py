"""Tables of files, all in the tenant's schema."""

from files.models.stored_file import StoredFile

__all__ = ["StoredFile"]
