"""The pages of the catcher; everything from outside is escaped, HTML mail stays in a sandbox."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from devtools.catcher.store import Stored

PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'"

STYLE = """
:root { color-scheme: light dark; --line: #d5d9e0; --soft: #667085; --paper: #fff; --back: #f5f6f8; --ink: #1d2433;
  --link: #0b57c4; }
@media (prefers-color-scheme: dark) { :root { --line: #363c48; --soft: #9aa3b2; --paper: #1b1f27; --back: #12151b;
  --ink: #e8ebf1; --link: #8ab4ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.4rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 1.75rem 0 .5rem; }
a { color: var(--link); }
.soft { color: var(--soft); }
form { display: flex; gap: .5rem; margin: 1rem 0; flex-wrap: wrap; align-items: center; }
input { flex: 1 1 14rem; font: inherit; padding: .6rem .75rem; border: 1px solid var(--line); border-radius: .5rem;
  background: var(--paper); color: inherit; min-width: 0; }
button { font: inherit; padding: .6rem 1rem; border: 0; border-radius: .5rem; background: var(--link);
  color: var(--paper); cursor: pointer; }
ul.messages { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: .75rem;
  overflow: hidden; background: var(--paper); }
ul.messages li + li { border-top: 1px solid var(--line); }
ul.messages a { display: grid; grid-template-columns: 5.5rem 1fr auto; gap: .15rem 1rem; padding: .75rem 1rem;
  text-decoration: none; color: inherit; }
ul.messages a:hover, ul.messages a:focus-visible { background: var(--back); }
ul.messages .what { grid-column: 2 / -1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.to { font-weight: 600; overflow-wrap: anywhere; }
.kind { color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 1rem 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
pre, iframe, details { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; width: 100%; }
pre { padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; margin: 0; }
details { padding: .6rem 1rem; } details dl { font-size: .875rem; }
iframe { height: 36rem; background: #fff; }
@media (max-width: 34rem) { ul.messages a { grid-template-columns: 4.5rem 1fr; } ul.messages time { grid-column: 2; } }
"""

_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
_PREVIEW_LETTERS = 140


def render_list(messages: Sequence[Stored], *, search: str, total: int) -> str:
    """Return the page with the newest messages, or those to one recipient."""
    rows = "".join(_render_row(stored) for stored in messages)
    if rows:
        listing = f'<ul class="messages">{rows}</ul>'
    elif search:
        listing = "<p>Nothing was sent to that address or number.</p>"
    else:
        listing = "<p>Nothing was sent yet. Book something and look again.</p>"
    shown = f"{len(messages)} of {total}" if len(messages) != total else str(total)
    return _render_page(
        "What was sent",
        f"""<h1>What was sent</h1>
<p class="soft">E-mail and SMS of this demo end here; nothing leaves this machine. {shown} messages.</p>
<form method="get" action="/" role="search">
<input type="search" name="to" value="{escape(search)}" aria-label="Recipient"
 placeholder="Address or number of the recipient">
<button>Search</button><a href="/">Show all</a>
</form>
{listing}""",
    )


def render_message(stored: Stored) -> str:
    """Return the page of one message."""
    arrival = stored.arrival
    title = arrival.subject or f"{_name_channel(arrival.channel)} to {', '.join(arrival.recipients)}"
    facts = (
        ("To", ", ".join(arrival.recipients)),
        ("From", arrival.sender),
        ("Arrived", stored.received_at),
        ("By", _name_channel(arrival.channel)),
    )
    parts = [f'<p><a href="/">All messages</a></p><h1>{escape(title)}</h1>{_render_facts(facts)}']
    if arrival.attachments:
        parts.append(f"<h2>Attachments</h2><ul>{_render_attachments(stored)}</ul>")
    if arrival.text:
        parts.append(f"<h2>Text</h2><pre>{_render_text(arrival.text)}</pre>")
    if arrival.html:
        # Links open in a new tab; scripts, forms and remote pictures stay off.
        rights = "allow-popups allow-popups-to-escape-sandbox"
        source = f"/messages/{stored.id}/html"
        parts.append(f'<h2>HTML</h2><iframe sandbox="{rights}" src="{source}" title="HTML of the message"></iframe>')
    raw = f'<p><a href="/messages/{stored.id}/raw">As it arrived</a></p>'
    headers = f"<details><summary>All headers</summary>{_render_facts(arrival.headers)}</details>"
    parts.append(f"<h2>Headers</h2>{headers}{raw}")
    return _render_page(title, "\n".join(parts))


def _render_page(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body><main>
{body}
</main></body>
</html>
"""


def _render_row(stored: Stored) -> str:
    arrival = stored.arrival
    what = arrival.subject or " ".join(arrival.text.split())[:_PREVIEW_LETTERS]
    moment = stored.received_at
    return (
        f'<li><a href="/messages/{stored.id}"><span class="kind">{_name_channel(arrival.channel)}</span>'
        f'<span class="to">{escape(", ".join(arrival.recipients))}</span>'
        f'<time class="soft" datetime="{escape(moment)}">{escape(moment[11:19])} UTC</time>'
        f'<span class="what">{escape(what)}</span></a></li>'
    )


def _render_facts(facts: Sequence[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    return f"<dl>{rows}</dl>"


def _render_attachments(stored: Stored) -> str:
    return "".join(
        f'<li><a href="/messages/{stored.id}/attachments/{position}">{escape(file.name)}</a>'
        f' <span class="soft">{escape(file.content_type)}, {len(file.content):,} bytes</span></li>'
        for position, file in enumerate(stored.arrival.attachments)
    )


def _render_text(text: str) -> str:
    pieces, position = [], 0
    for link in _LINK.finditer(text):
        address = escape(link[0])
        pieces += [
            escape(text[position : link.start()]),
            f'<a href="{address}" target="_blank" rel="noopener noreferrer">{address}</a>',
        ]
        position = link.end()
    return "".join([*pieces, escape(text[position:])])


def _name_channel(channel: str) -> str:
    return {"email": "E-mail", "sms": "SMS", "whatsapp": "WhatsApp"}.get(channel, escape(channel))
