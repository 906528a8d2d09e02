"""What the engine refuses to compute with, and which numbers a field may have."""

from collections.abc import Mapping


class EngineInputError(ValueError):
    """A value handed to the engine makes no sense; nothing was computed.

    ``field`` names the offending attribute (``"step_minutes"``) and ``code`` is
    a stable word for what is wrong with it (``"not_positive"``), so that a
    caller can point at a form field without reading the message.
    """

    def __init__(self, *, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self._field = field
        self._code = code

    @property
    def field(self) -> str:
        """Return the name of the attribute that is wrong."""
        return self._field

    @property
    def code(self) -> str:
        """Return the stable word for what is wrong with it."""
        return self._code


def refuse_if(condition: bool, field_name: str, code: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Raise `EngineInputError` when ``condition`` holds."""
    if condition:
        raise EngineInputError(field=field_name, code=code)


def limited(least: int, most: int, *, is_public: bool = False) -> Mapping[str, object]:
    """Return the metadata of a field that is a number from ``least`` to ``most``; public: customers may know it."""
    return {"limits": (least, most), "is_public": is_public}
