"""What a box says that accepts texts of the platform."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from tenants.hosts import make_base_url
from web.parts.legal.texts import AGREEMENTS, PRIVACY, PROCESSING, TERMS


def name_document(document: str) -> str:
    """Return what a document is called within a sentence, in the active language."""
    names = {
        TERMS: gettext("terms of service"),
        PROCESSING: gettext("data processing agreement"),
        PRIVACY: gettext("privacy notice"),
    }
    return names[document]


def write_consent(*, is_linked: bool = False) -> str:
    """Return the words beside the box of a sign-up, in the active language; ``is_linked`` leads to the documents."""
    names = {each: _name(each, is_linked=is_linked) for each in (TERMS, PROCESSING, PRIVACY)}
    sentence = gettext("I accept the {terms} and the {processing}, and have read the {privacy}.")
    return format_html(sentence, **names) if is_linked else sentence.format(**names)


def write_agreement(documents: Sequence[str], *, is_linked: bool = False) -> str:
    """Return the words beside the box of an owner who accepts the new version of one or both agreements."""
    names = {each: _name(each, is_linked=is_linked) for each in documents}
    sentences = {
        (TERMS,): gettext("I accept the {terms}."),
        (PROCESSING,): gettext("I accept the {processing}."),
        AGREEMENTS: gettext("I accept the {terms} and the {processing}."),
    }
    sentence = sentences[tuple(documents)]
    return format_html(sentence, **names) if is_linked else sentence.format(**names)


def make_address(document: str, version: str = "") -> str:
    """Return where anybody reads a document, on the platform's own host; without a version the one in force."""
    name, args = ("site:legal_version", [document, version]) if version else ("site:legal", [document])
    return make_base_url(settings.PLATFORM_HOST) + reverse(name, urlconf=settings.PUBLIC_SCHEMA_URLCONF, args=args)


def _name(document: str, *, is_linked: bool) -> str:
    name = name_document(document)
    # In a tab of its own, or what was typed would be left behind.
    return format_html('<a href="{}" target="_blank">{}</a>', make_address(document), name) if is_linked else name
