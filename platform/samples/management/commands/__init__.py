"""Commands of samples."""
