"""The code that an owner pastes into a site, for each kind of site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from json import dumps
from urllib.parse import urlencode

from web.accent import make_tokens

LEAST_HEIGHT = 460
"""Pixels that the site keeps free: without them everything below moves when the frame arrives."""
ROOM = {"display": "block", "min-height": f"{LEAST_HEIGHT}px"}
USUAL_INK = "#ffffff"
"""Of the button, unless the page says another one."""
PLACES = ("html", "wordpress", "wix", "squarespace", "shopify", "react")


@dataclass(frozen=True, slots=True)
class Look:
    """How the widget is to be.

    Attributes:
        mode: ``inline``, ``popup``, ``button`` or ``floating``.
        location: Its id; empty: the visitor chooses. ``service``, ``resource``, ``locale`` and ``theme`` alike.
        label: What the button says, or the link that opens the window.
        is_strict: The site's content security policy refuses styles in attributes.
        accent: The color of the business, which its button has.
    """

    mode: str = "inline"
    location: str = ""
    service: str = ""
    resource: str = ""
    locale: str = ""
    theme: str = ""
    label: str = ""
    is_strict: bool = False
    accent: str = ""

    def list_attributes(self) -> dict[str, str]:
        """Return the attributes that say something, in the order in which the document names them."""
        values = {
            "mode": "" if self.mode == "inline" else self.mode,
            **self.list_chosen(),
            "locale": self.locale,
            "theme": self.theme,
        }
        return {name: value for name, value in values.items() if value}

    def list_chosen(self) -> dict[str, str]:
        """Return what the visitor is not asked for: ids by the name of the attribute."""
        chosen = {"service": self.service, "resource": self.resource, "location": self.location}
        return {name: value for name, value in chosen.items() if value}

    def list_styles(self) -> dict[str, str]:
        """Return what the element needs of CSS: the room that it takes, or the colors of its button."""
        if self.mode in {"inline", "popup"}:
            return ROOM if self.mode == "inline" else {}
        tokens = make_tokens(self.accent, "light")
        ink = {} if tokens.on_accent == USUAL_INK else {"--turnero-on-accent": tokens.on_accent}
        return {"--turnero-accent": tokens.accent, **ink}


@dataclass(frozen=True, slots=True)
class Snippet:
    """What is pasted; ``style`` is a rule for the site's style sheet, ``policy`` what its policy has to allow."""

    code: str
    style: str = ""
    policy: str = ""


def make_snippet(look: Look, place: str, origin: str) -> Snippet:
    """Return the code for one kind of site; ``origin`` is where the booking page answers."""
    styles = look.list_styles()
    policy = f"script-src {origin}; frame-src {origin}" if look.is_strict else ""
    style = f"turnero-widget {{ {_declare(styles, ': ', '; ')} }}" if look.is_strict and styles else ""
    if place == "wix" and look.mode == "inline":
        return Snippet(make_frame_url(look, origin), policy=policy)
    attributes, inline = look.list_attributes(), {} if look.is_strict else styles
    if place == "react":
        return Snippet(_make_component(look, attributes, origin, inline), style, policy)
    if inline:
        attributes["style"] = _declare(inline, ":", ";")
    said = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    code = (
        f'<script src="{escape(origin)}/embed.js" async></script>\n'
        f"<turnero-widget{said}>\n"
        f'  <a href="{escape(origin)}/">{escape(look.label)}</a>\n'
        "</turnero-widget>"
    )
    return Snippet(code, style, policy)


def make_frame_url(look: Look, origin: str) -> str:
    """Return the address of the frame itself, for sites that take an address and no code."""
    words = ".".join(each for each in (look.locale, look.theme) if each in {"es", "en", "light", "dark"})
    query = urlencode(look.list_chosen())
    return f"{origin}/embed/{f'~{words}/' if words else ''}{f'?{query}' if query else ''}"


def _name_style(name: str) -> str:
    """Return a property as React wants it: in camel case, unless it is a custom one."""
    first, *further = name.split("-")
    return dumps(name) if name.startswith("--") else first + "".join(each.capitalize() for each in further)


def _declare(styles: Mapping[str, str], between: str, after: str) -> str:
    return after.join(f"{name}{between}{value}" for name, value in styles.items())


def _make_component(look: Look, attributes: Mapping[str, str], origin: str, styles: Mapping[str, str]) -> str:
    said = "".join(f" {name}={{{dumps(value)}}}" for name, value in attributes.items())
    if styles:
        said += f" style={{{{ {', '.join(f'{_name_style(name)}: {dumps(styles[name])}' for name in styles)} }}}}"
    return (
        'import { useEffect } from "react";\n\n'
        "export function Booking() {\n"
        "  useEffect(() => {\n"
        f"    const src = {dumps(f'{origin}/embed.js')};\n"
        '    if (document.querySelector(`script[src="${src}"]`)) return;\n'
        '    document.head.append(Object.assign(document.createElement("script"), { src }));\n'
        "  }, []);\n"
        "  return (\n"
        f"    <turnero-widget{said}>\n"
        f"      <a href={dumps(f'{origin}/')}>{{{dumps(look.label, ensure_ascii=False)}}}</a>\n"
        "    </turnero-widget>\n"
        "  );\n"
        "}"
    )
