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
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext

from kernel.colors import clean_accent, pick_ink
from kernel.lines import clean_line, make_printable
from notifications import hooks
from notifications.channels.registry import Carrier
from notifications.engine.placeholders import BrokenText, fill_placeholders
from notifications.engine.segments import shorten_words
from notifications.enums import Channel
from notifications.errors import TemplateMissing
from notifications.models import MessageTemplate
from notifications.services.senders import Sender, get_sender
from notifications.types.messages import RenderedMessage
from notifications.types.words import Vocabulary

LONGEST_SUBJECT = 200
COLON = "\ue000"
"""Stands for a colon of a word while a text is filled in; nobody types it (Unicode's private use)."""
NAME_LIMITS = (32, 24, 16)
"""To which names are shortened in turn, where a message has no room for them."""

logger = logging.getLogger(__name__)


class Written(NamedTuple):
    """What a message says before it is laid out; ``heading`` is its subject without what follows our own colon."""

    subject: str
    heading: str
    text: str


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
        own = _find_own_text(carrier, template, language, vocabulary)
        folders = _list_folders(sender, language)

        def write(said: Mapping[str, str]) -> Written:
            filled = None if own is None else _fill_own_text(own, said, vocabulary)
            return filled or _render_built_in(carrier, template, folders, said)

        if carrier.pick_text is not None:
            texts = [write(said).text for said in _list_shorter(words, vocabulary)]
            # Whatever is too long loses words in front of its link: here none is cut.
            versions = [clean_line(text, limit=len(text)) for text in texts]
            return RenderedMessage(subject="", body_text=carrier.pick_text(versions))
        return _lay_out(sender, language, write(words), words, vocabulary)


def _find_own_text(carrier: Carrier, template: str, language: str, vocabulary: Vocabulary) -> MessageTemplate | None:
    if not vocabulary.placeholders:
        return None
    own = MessageTemplate.objects.filter(key=template, channel=carrier.channel, locale=language, is_active=True)
    return own.first()


def _fill_own_text(own: MessageTemplate, words: Mapping[str, str], vocabulary: Vocabulary) -> Written | None:
    allowed = vocabulary.placeholders
    try:
        body = fill_placeholders(own.body, words, allowed=allowed)
        subject = fill_placeholders(own.subject, words, allowed=allowed) if own.channel == Channel.EMAIL else ""
    except BrokenText as fault:
        logger.warning("tenant_template_broken", extra={"template": own.key, "fault": str(fault)})
        return None
    return Written(subject=subject, heading=subject, text=body)


def _render_built_in(carrier: Carrier, template: str, folders: tuple[str, ...], words: Mapping[str, str]) -> Written:
    # A colon of our own text parts the subject; those of a time or a name do not.
    said = {name: value.replace(":", COLON) for name, value in words.items()}
    for folder in folders:
        try:
            source = get_template(f"{carrier.folder}/{folder}/{template}.txt")
        except TemplateDoesNotExist:
            continue
        text = source.template.render(Context(said, autoescape=False)).strip()  # type: ignore[attr-defined]
        if not carrier.is_rich:
            return Written(subject="", heading="", text=text.replace(COLON, ":"))
        subject, _, body = text.partition("\n")
        parts = (subject, subject.partition(":")[0], body.strip())
        return Written(*(part.replace(COLON, ":") for part in parts))
    raise TemplateMissing


def _lay_out(
    sender: Sender, language: str, written: Written, words: Mapping[str, str], vocabulary: Vocabulary
) -> RenderedMessage:
    subject = clean_line(written.subject, limit=LONGEST_SUBJECT)
    accent = clean_accent(sender.accent)
    values = {
        **words,
        "language": language,
        "subject": subject,
        # The details say when and what: the title need not repeat the subject.
        "heading": clean_line(written.heading, limit=LONGEST_SUBJECT),
        "paragraphs": [
            paragraph.strip() for paragraph in written.text.replace("\r\n", "\n").split("\n\n") if paragraph.strip()
        ],
        "rows": [
            {"label": words.get(f"{word}_title") or gettext(label), "value": value, "line": _join_lines(value)}
            for word, label in vocabulary.rows.items()
            if (value := words.get(word))
        ],
        "links": [
            {"label": gettext(label), "url": words[word]} for word, label in vocabulary.links.items() if words.get(word)
        ],
        "notes": [words[word] for word in vocabulary.notes if words.get(word)],
        "terms": [words[word] for word in vocabulary.terms if words.get(word)],
        "logo_url": sender.logo_url,
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


def _list_shorter(words: Mapping[str, str], vocabulary: Vocabulary) -> Iterator[Mapping[str, str]]:
    """Yield the words of a short message, each time with less: first what can be done without, then of long names."""
    yield words
    fewer = dict(words)
    for word in vocabulary.dispensable:
        if fewer.get(word):
            fewer[word] = ""
            yield dict(fewer)
    for limit in NAME_LIMITS:
        yield fewer | {
            word: shorten_words(fewer[word], limit) for word in ("business_name", *vocabulary.names) if word in fewer
        }


def _join_lines(value: str) -> str:
    """Join lines into one; what has commas itself is parted by semicolons."""
    lines = value.splitlines()
    return ("; " if any("," in line for line in lines) else ", ").join(lines)


def _list_folders(sender: Sender, language: str) -> tuple[str, ...]:
    return (f"{language}-formal", language) if sender.is_formal else (language,)
