"""The owner of a business accepts what the platform's terms have become (decision 71)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tenants.context import current_tenant
from tenants.models import Tenant, TermsAcceptance
from tenants.selectors.resolution import forget_tenants
from tenants.types import ASKED_AT, AcceptedText

logger = logging.getLogger(__name__)


def ask_anew(now: datetime) -> dict[str, str]:
    """Return what a business has agreed to that was made of an archive: nothing here, and it is asked from ``now`` on.

    Its owner may be another one, and the proof of what was agreed elsewhere is no part of an archive.
    """
    return {ASKED_AT: now.isoformat()}


@transaction.atomic
def accept_texts(texts: Sequence[AcceptedText], *, email: str, address_block: str, now: datetime) -> None:
    """Keep that the owner of the current business accepted these texts; the same version again changes nothing.

    ``email`` is the owner's; with ``address_block`` and ``now`` it is the proof, which the database never gives back.
    """
    schema_name = current_tenant().schema_name
    tenant = Tenant.objects.select_for_update().get(schema_name=schema_name)
    agreed = dict(tenant.agreed or {})
    new = [text for text in texts if agreed.get(text.document) != text.version]
    if not new:
        return
    TermsAcceptance.objects.bulk_create(
        TermsAcceptance(
            business=schema_name,
            email=email,
            document=text.document,
            version=text.version,
            language=text.language,
            digest=text.digest,
            sentence=text.sentence,
            address_block=address_block,
            accepted_at=now,
        )
        for text in new
    )
    tenant.agreed = {**agreed, **{text.document: text.version for text in new}}
    tenant.save(update_fields=["agreed"])
    transaction.on_commit(forget_tenants)
    logger.info("terms_accepted", extra={"versions": [f"{text.document} {text.version}" for text in new]})
