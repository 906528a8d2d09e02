"""Running a request once, however often it is sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from api.errors import IdempotencyMismatch
from api.models import IdempotentAnswer
from database.locks import KeySpace, lock_words
from database.transactions import write_transaction
from tenants.secrets import list_hashes

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status, and a body as it is sent."""

    status: int
    body: str


def run_once(
    *,
    endpoint: str,
    key: str,
    caller: str,
    body: object,
    is_personal: bool,
    now: datetime,
    run: Callable[[], Answer],
) -> Answer:
    """Run ``run`` and keep its answer, or return the kept answer of an equal earlier request.

    The answer is the same, byte by byte. Keys belong to the caller, a network address or a key of a program: a
    stranger who guesses one learns nothing and disturbs nobody. With ``is_personal`` an equal
    request counts from anywhere, for a phone that changes networks between two tries: only the
    sender can know such a body or path.

    The answer is kept in the transaction in which ``run`` works, so there is never one
    without the other. A second request with the same key waits for the first. A ``run`` that
    raises keeps nothing: the same key may be tried again. Keys are kept for 24 hours.

    Raises:
        IdempotencyMismatch: The same caller used the key with another body.
    """
    callers = list_hashes("api.idempotency", caller)
    body_hash = hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()
    with write_transaction():
        lock_words(KeySpace.IDEMPOTENCY, endpoint, key)
        IdempotentAnswer.objects.filter(created_at__lt=now - KEPT).delete()
        whose = Q(caller__in=callers) | Q(body_hash=body_hash) if is_personal else Q(caller__in=callers)
        earlier = list(IdempotentAnswer.objects.filter(whose, endpoint=endpoint, key=key))
        kept = next((each for each in earlier if each.body_hash == body_hash), None)
        if kept is not None:
            return Answer(status=kept.status, body=kept.sent or json.dumps(kept.answer))
        if earlier:
            raise IdempotencyMismatch
        answer = run()
        IdempotentAnswer.objects.create(
            endpoint=endpoint,
            key=key,
            caller=callers[0],
            body_hash=body_hash,
            status=answer.status,
            answer=json.loads(answer.body),
            sent=answer.body,
            created_at=now,
        )
        return answer
