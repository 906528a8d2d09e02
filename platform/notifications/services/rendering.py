"""From a key and some words to a message that can be read.

Subject and opening text come from the tenant (`MessageTemplate`, for messages whose words it may
name) or are built in
(``templates/emails/<language>/<key>.txt``, first line = subject; ``templates/sms/…``); details,
links and footer are the layout's and the same for both, so that no text of a tenant can lose them.

The layout itself knows ``action_url`` and ``action_label`` (the button), ``contact`` (beside the
business's name) and ``footnote``; which other words it shows, the room says that has them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext

from kernel.colors import clean_accent, pick_ink
from kernel.lines import clean_line, make_printable
from notifications import hooks
from notifications.channels.registry import Carrier
from notifications.engine.placeholders import BrokenText, fill_placeholders
from notifications.errors import TemplateMissing
from notifications.models import MessageTemplate
from notifications.services.senders import Sender, get_sender
from notifications.types.messages import RenderedMessage
from notifications.types.words import Vocabulary

LONGEST_SUBJECT = 200

logger = logging.getLogger(__name__)


def render_message(
    *, carrier: Carrier, template: str, subject_kind: str, language: str, context: Mapping[str, str]
) -> RenderedMessage:
    """Return a message in ``language``, in the sender's manner of speaking (tú, usted).

    ``context`` holds plain texts: everything is escaped where it is filled in.

    Raises:
        TemplateMissing: There is no built-in text ``template`` for this carrier.
    """
    sender = get_sender()
    vocabulary = hooks.get_vocabulary(subject_kind)
    words = {name: make_printable(value) for name, value in context.items()} | {
        "business_name": clean_line(sender.name)
    }
    with translation.override(language):
        own = _find_own_text(carrier, template, language, words, vocabulary)
        subject, text = own or _render_built_in(carrier, template, _list_folders(sender, language), words)
        if carrier.longest_text is not None:
            return RenderedMessage(subject="", body_text=clean_line(text, limit=carrier.longest_text))
        return _lay_out(sender, language, clean_line(subject, limit=LONGEST_SUBJECT), text, words, vocabulary)


def _find_own_text(
    carrier: Carrier, template: str, language: str, words: Mapping[str, str], vocabulary: Vocabulary
) -> tuple[str, str] | None:
    if not vocabulary.placeholders:
        return None
    own = MessageTemplate.objects.filter(key=template, channel=carrier.channel, locale=language, is_active=True).first()
    if own is None:
        return None
    allowed = vocabulary.placeholders
    try:
        body = fill_placeholders(own.body, words, allowed=allowed)
        subject = fill_placeholders(own.subject, words, allowed=allowed) if carrier.is_rich else ""
    except BrokenText as fault:
        logger.warning("tenant_template_broken", extra={"template": template, "fault": str(fault)})
        return None
    return subject, body


def _render_built_in(
    carrier: Carrier, template: str, folders: tuple[str, ...], words: Mapping[str, str]
) -> tuple[str, str]:
    for folder in folders:
        try:
            source = get_template(f"{carrier.folder}/{folder}/{template}.txt")
        except TemplateDoesNotExist:
            continue
        text = source.template.render(Context(dict(words), autoescape=False)).strip()  # type: ignore[attr-defined]
        if carrier.longest_text is not None:
            return "", text
        subject, _, body = text.partition("\n")
        return subject, body.strip()
    raise TemplateMissing


def _lay_out(
    sender: Sender, language: str, subject: str, text: str, words: Mapping[str, str], vocabulary: Vocabulary
) -> RenderedMessage:
    accent = clean_accent(sender.accent)
    values = {
        **words,
        "language": language,
        "subject": subject,
        "paragraphs": [
            paragraph.strip() for paragraph in text.replace("\r\n", "\n").split("\n\n") if paragraph.strip()
        ],
        "rows": [
            {"label": words.get(f"{word}_title") or gettext(label), "value": value, "line": _join_lines(value)}
            for word, label in vocabulary.rows.items()
            if (value := words.get(word))
        ],
        "notes": [words[word] for word in vocabulary.notes if words.get(word)],
        "terms": [words[word] for word in vocabulary.terms if words.get(word)],
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


def _join_lines(value: str) -> str:
    return ", ".join(value.splitlines())


def _list_folders(sender: Sender, language: str) -> tuple[str, ...]:
    return (f"{language}-formal", language) if sender.is_formal else (language,)
