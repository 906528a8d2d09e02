"""From a key and some words to a message that can be read.

Subject and opening text come from the tenant (`MessageTemplate`) or are built in
(``templates/emails/<language>/<key>.txt``, first line = subject; ``templates/sms/…``); details,
links and footer are the layout's and the same for both, so that no text of a tenant can lose them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext_lazy

from kernel.colors import clean_accent, pick_ink
from kernel.languages import LANGUAGES
from kernel.lines import clean_line
from notifications.engine.placeholders import BrokenText, fill_placeholders
from notifications.enums import Channel
from notifications.errors import TemplateMissing
from notifications.models import MessageTemplate
from notifications.types import RenderedMessage
from tenants.context import current_tenant
from tenants.types import TenantInfo
from verticals.contract import Tone, VerticalUnknown
from verticals.registry import get_vertical

ROWS = (
    ("customer", gettext_lazy("Customer")),
    ("service_name", gettext_lazy("Service")),
    ("when", gettext_lazy("When")),
    ("previous_when", gettext_lazy("Before")),
    ("resource_name", gettext_lazy("With")),
    ("place", gettext_lazy("Where")),
    ("asset", gettext_lazy("About")),
    ("party_size", gettext_lazy("People")),
    ("price", gettext_lazy("Price")),
    ("note", gettext_lazy("Note")),
    ("reference", gettext_lazy("Reference")),
)
"""The details of an e-mail: word → label, in order; ``<word>_title`` gives another label."""
LONGEST_SUBJECT = 200
LONGEST_SMS = 640

logger = logging.getLogger(__name__)


def pick_language(locale: str) -> str:
    """Return the language of ours that ``locale`` (``es``, ``en-US``) names, else the tenant's."""
    language = locale.replace("_", "-").split("-")[0].lower()
    return language if language in LANGUAGES else current_tenant().locale


def render_message(*, channel: str, template: str, locale: str, context: Mapping[str, str]) -> RenderedMessage:
    """Return a message in ``locale``, in the business's manner of speaking (tú, usted).

    ``context`` holds plain texts: everything is escaped where it is filled in.

    Raises:
        TemplateMissing: There is no built-in text ``template`` for this channel.
    """
    tenant = current_tenant()
    language = pick_language(locale)
    words = {**context, "business_name": tenant.name}
    with translation.override(language):
        subject, text = _find_own_text(channel, template, language, words) or _render_built_in(
            channel, template, _list_folders(tenant, language), words
        )
        if channel == Channel.SMS:
            return RenderedMessage(subject="", body_text=clean_line(text, limit=LONGEST_SMS))
        return _lay_out(tenant, language, clean_line(subject, limit=LONGEST_SUBJECT), text, words)


def _find_own_text(channel: str, template: str, language: str, words: Mapping[str, str]) -> tuple[str, str] | None:
    own = MessageTemplate.objects.filter(key=template, channel=channel, locale=language, is_active=True).first()
    if own is None:
        return None
    try:
        body = fill_placeholders(own.body, words)
        return (fill_placeholders(own.subject, words) if channel == Channel.EMAIL else ""), body
    except BrokenText as fault:
        logger.warning("tenant_template_broken", extra={"template": template, "fault": str(fault)})
        return None


def _render_built_in(
    channel: str, template: str, folders: tuple[str, ...], words: Mapping[str, str]
) -> tuple[str, str]:
    root = "emails" if channel == Channel.EMAIL else "sms"
    for folder in folders:
        try:
            source = get_template(f"{root}/{folder}/{template}.txt")
        except TemplateDoesNotExist:
            continue
        text = source.template.render(Context(dict(words), autoescape=False)).strip()  # type: ignore[attr-defined]
        if channel == Channel.SMS:
            return "", text
        subject, _, body = text.partition("\n")
        return subject, body.strip()
    raise TemplateMissing


def _lay_out(tenant: TenantInfo, language: str, subject: str, text: str, words: Mapping[str, str]) -> RenderedMessage:
    accent = clean_accent(tenant.accent)
    values = {
        **words,
        "language": language,
        "subject": subject,
        "paragraphs": [
            paragraph.strip() for paragraph in text.replace("\r\n", "\n").split("\n\n") if paragraph.strip()
        ],
        "rows": [
            {"label": words.get(f"{word}_title") or label, "value": value, "line": ", ".join(value.splitlines())}
            for word, label in ROWS
            if (value := words.get(word))
        ],
        "accent": accent,
        "accent_ink": pick_ink(accent),
    }
    plain = get_template("emails/layout.txt").template  # type: ignore[attr-defined]
    rich = get_template("emails/layout.html").template  # type: ignore[attr-defined]
    return RenderedMessage(
        subject=subject,
        body_text=plain.render(Context(values, autoescape=False)).strip() + "\n",
        body_html=rich.render(Context(values)),
    )


def _list_folders(tenant: TenantInfo, language: str) -> tuple[str, ...]:
    try:
        is_formal = get_vertical(tenant.vertical).tone == Tone.FORMAL
    except VerticalUnknown:
        is_formal = False
    return (f"{language}-formal", language) if is_formal else (language,)
