"""Whether a visit fits somewhere, and another length for it."""
