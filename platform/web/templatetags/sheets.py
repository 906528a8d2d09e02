"""Links to style sheets."""

from __future__ import annotations

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from web.sheets import list_sets, name_set, parse_sheets

register = template.Library()


@register.simple_tag
def sheets(words: str) -> SafeString:
    """``{% sheets "lists entries print@print" %}``: link these files of ``css/``; in production they are one file.

    ``words`` is written out in the template when it names more than one: `web.sheets` finds it there.
    """
    parts = parse_sheets(words)
    if words in list_sets() and hasattr(staticfiles_storage, "hashed_files"):
        return format_html('<link rel="stylesheet" href="{}">', staticfiles_storage.url(name_set(words)))
    links = [
        (staticfiles_storage.url(path), format_html(' media="{}"', medium) if medium else "") for path, medium in parts
    ]
    return format_html_join("\n", '<link rel="stylesheet" href="{}"{}>', links)
