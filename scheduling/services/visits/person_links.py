"""Links that offer somebody whom the booking page does not list: nobody finds one by counting."""

from __future__ import annotations

from django.utils.crypto import constant_time_compare

from database.connection import connection
from kernel.ids import read_row_id
from tenants.secrets import list_hashes

SALT = "scheduling.person_link"
KEY_LENGTH = 16


def make_person_key(resource_id: int) -> str:
    """Return what a link says of a person (``12-0a1b…``); it changes with the platform's secret only."""
    return f"{resource_id}-{_list_keys(resource_id)[0]}"


def read_person_key(key: str) -> int | None:
    """Return whom a link offers; None: it was made up."""
    number, _, proof = key.partition("-")
    resource_id = read_row_id(number)
    if resource_id is None or not proof.isascii():
        return None
    is_ours = any(constant_time_compare(proof, each) for each in _list_keys(resource_id))
    return resource_id if is_ours else None


def _list_keys(resource_id: int) -> list[str]:
    return [each[:KEY_LENGTH] for each in list_hashes(SALT, f"{connection.schema_name} {resource_id}")]
