"""Reading what is blocked, for judges and authorities: each look is written down, by whom and why."""

from __future__ import annotations

from datetime import datetime

from database.transactions import write_transaction
from kernel.identity.keys import make_key
from privacy.enums import LookKind
from privacy.errors import BlockedNotFound
from privacy.models import BlockedLook, BlockedPerson
from privacy.services.blocking.seals import unseal, unseal_names
from privacy.services.exporting import PersonFile
from privacy.types import LONGEST_NOTE
from scheduling.services.aftercare.feedback import read_words
from scheduling.types import Actor
from tenants.enums import Ability
from tenants.policies import check_business_may


@write_transaction()
def find_blocked(*, words: str, by: Actor, now: datetime) -> tuple[int, ...]:
    """Return the numbers of the blocked people with exactly this name, address or phone number; each is noted.

    A phone number matches with or without its country, from seven digits on.

    Raises:
        StatusForbids: The business is not ready yet.
        RequestInvalid: The words are missing or too long.
        SealUnreadable: A key is missing.
    """
    check_business_may(Ability.OWNER_READ, is_staff=True)
    wanted = make_key(read_words(words, field="words", longest=LONGEST_NOTE))
    found = [pk for pk, names in _list_names() if any(_is_same(wanted, make_key(name)) for name in names)]
    BlockedLook.objects.bulk_create(
        BlockedLook(blocked_id=pk, kind=LookKind.FOUND, at=now, by_id=by.user_id) for pk in found
    )
    return tuple(found)


@write_transaction()
def read_blocked(*, blocked_id: int, reason: str, by: Actor, now: datetime) -> PersonFile:
    """Return all that was kept about a blocked person, as the file that people take along; that is noted.

    Raises:
        StatusForbids: The business is not ready yet.
        BlockedNotFound: There is none of this number.
        RequestInvalid: The reason is missing or too long.
        SealUnreadable: A key is missing.
    """
    check_business_may(Ability.OWNER_READ, is_staff=True)
    why = read_words(reason, field="reason", longest=LONGEST_NOTE)
    row = BlockedPerson.objects.filter(pk=blocked_id).first()
    if row is None:
        raise BlockedNotFound
    content = unseal(row.content)
    BlockedLook.objects.create(blocked=row, kind=LookKind.READ, at=now, by_id=by.user_id, reason=why)
    return PersonFile(f"blocked-{row.pk}.zip", content)


SHORTEST_NUMBER = 7


def _list_names() -> list[tuple[int, tuple[str, ...]]]:
    rows = BlockedPerson.objects.order_by("pk").values_list("pk", "names")
    return [(pk, unseal_names(names)) for pk, names in rows]


def _is_same(wanted: str, known: str) -> bool:
    is_number = wanted.isdigit() and known.isdigit() and len(wanted) >= SHORTEST_NUMBER
    return known == wanted or (is_number and known.endswith(wanted))
