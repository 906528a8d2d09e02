"""Files that are brought in, and their rows."""

from scheduling.models.imports.rows import Import, ImportPiece, ImportRow

__all__ = ["Import", "ImportPiece", "ImportRow"]
