"""What a browser would send from a page's form without changing anything."""

from __future__ import annotations

import re
from html import unescape

from tests.conftest import HostClient

Typed = dict[str, str | list[str]]


def read_form(client: HostClient, address: str) -> Typed:
    return read_page(client.get(address).content.decode())


def read_page(page: str) -> Typed:
    form = re.search(r'<form class="setup-form".*?</form>', page, re.DOTALL)[0]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input(?![^>]* form=)[^>]*>", form):
        name, kind = (_read(tag, each) for each in ("name", "type"))
        is_box = kind in {"checkbox", "radio"}
        if not is_box or " checked" in tag:
            found.setdefault(name, []).append(
                unescape(_read(tag, "value") or ("on" if is_box and "value=" not in tag else ""))
            )
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found.setdefault(name, []).append(chosen[1] if chosen else "")
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found.setdefault(name, []).append(unescape(text.removeprefix("\n")))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _read(tag: str, attribute: str) -> str:
    found = re.search(rf'\b{attribute}="([^"]*)"', tag)
    return found[1] if found else ""
