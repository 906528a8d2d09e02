"""The sentences beside the boxes: what is shown is what is kept as proof."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from scheduling.enums import ConsentPurpose
from tenants.context import current_tenant

SENTENCES: Mapping[ConsentPurpose, str | Promise] = {
    ConsentPurpose.REMINDERS: gettext_lazy("Remind me of my appointments"),
    ConsentPurpose.FEEDBACK: gettext_lazy("Ask me how my visits were"),
    ConsentPurpose.MARKETING: gettext_lazy("{name} may send me news and offers"),
    ConsentPurpose.PHOTOS: gettext_lazy("{name} may show photos of my visits"),
}
"""By purpose, as the customer says it; what is not here is agreed to elsewhere."""


def say_consent(purpose: ConsentPurpose) -> str:
    """Return the sentence of a purpose, in the active language."""
    return str(SENTENCES[purpose]).format(name=current_tenant().name)


def say_answer(purpose: ConsentPurpose, *, is_on: bool) -> str:
    """Return what somebody agreed to, or took back, as a sentence."""
    sentence = say_consent(purpose)
    return sentence if is_on else gettext("Not any more: {sentence}").format(sentence=sentence)
