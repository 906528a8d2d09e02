"""Files that are brought in, and their rows."""

from scheduling.models.imports.rows import Import, ImportRow

__all__ = ["Import", "ImportRow"]
