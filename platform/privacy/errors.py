"""What can go wrong with requests of persons."""

from __future__ import annotations

from kernel.errors import NotFound
from kernel.text import mark


class PersonRequestNotFound(NotFound):
    """There is no such request."""

    code = "person_request_not_found"

    text = mark("There is no such request.")
