"""Two records of one customer become one: what the person asked goes with the record that goes on.

And no record goes of whoever asked something, where an import is taken back: who it was would be lost with it.

Who asks was checked for one of the two records, and what was agreed to was agreed to for it: neither counts for both
together. Whoever parts them has the checks back.
"""

from __future__ import annotations

from collections.abc import Collection

from database.rows import move_rows
from privacy.models import PersonRequest
from privacy.services.proofs import give_back_proofs, list_proven, take_back_proofs
from scheduling.errors import CustomerNotFound
from scheduling.hooks import MovedRows, register_customer_holder, register_customer_mover
from scheduling.selectors.customers.persons import get_person


def register() -> None:
    """Be called when two records are merged, when they are parted again, and before one goes."""
    register_customer_mover("privacy", move_requests)
    register_customer_holder("privacy", find_asking)


def find_asking(customer_ids: Collection[int]) -> frozenset[int]:
    """Return those of these customers who asked something about their data, however long ago; one query."""
    return frozenset(PersonRequest.objects.filter(customer_id__in=customer_ids).values_list("customer_id", flat=True))


def move_requests(from_id: int, to_id: int, rows: MovedRows | None) -> MovedRows:
    """Give requests of a customer to another one; as `register_customer_mover` says."""
    if rows is not None:
        moved = move_rows(
            PersonRequest.objects.all(), "customer_id", from_id=from_id, to_id=to_id, row_ids=rows.get("requests", ())
        )
        give_back_proofs(rows.get("unproven", ()), customer_ids=(from_id, to_id))
        return {"requests": moved}
    # What follows a merge later finds whoever goes on checked anew: that counts.
    unproven = list_proven([from_id] if _is_merged(from_id) else [from_id, to_id])
    take_back_proofs(unproven)
    return {
        "requests": move_rows(PersonRequest.objects.all(), "customer_id", from_id=from_id, to_id=to_id),
        "unproven": unproven,
    }


def _is_merged(customer_id: int) -> bool:
    try:
        get_person(customer_id=customer_id)
    except CustomerNotFound:
        return True
    return False
