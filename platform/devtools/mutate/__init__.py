"""``./dev mutate``: break security-relevant lines one at a time; the tests named beside each have to notice."""

from devtools.mutate.command import run_mutate

__all__ = ["run_mutate"]
