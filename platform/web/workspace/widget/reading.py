"""What keeps the widget from showing on a page, as far as the page itself says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

SCRIPT_NAME = "/embed.js"
ELEMENT = "turnero-widget"
POLICY = "content-security-policy"
FALLBACKS = {
    "script-src": ("script-src-elem", "script-src", "default-src"),
    "frame-src": ("frame-src", "child-src", "default-src"),
}
"""Which directive of a policy decides: the first of them that it has (CSP 3, section 6.8)."""

ISOLATING = frozenset({"require-corp", "credentialless"})
"""Embedder policies under which frames of other sites have to send one themselves (HTML, cross-origin isolation)."""


class Finding(StrEnum):
    """What was found, in the order in which it is said."""

    SITE_LISTED = "site_listed"
    SITE_MISSING = "site_missing"
    CODE_THERE = "code_there"
    SCRIPT_MISSING = "script_missing"
    SCRIPT_ELSEWHERE = "script_elsewhere"
    ELEMENT_MISSING = "element_missing"
    FRAME_THERE = "frame_there"
    SCRIPT_BLOCKED = "script_blocked"
    FRAME_BLOCKED = "frame_blocked"
    ISOLATED = "isolated"

    @property
    def is_good(self) -> bool:
        """Tell whether it is as it should be."""
        return self in {Finding.SITE_LISTED, Finding.CODE_THERE, Finding.FRAME_THERE}


@dataclass(frozen=True, slots=True)
class Page:
    """A page as its server answered; the names of ``headers`` are in lower case."""

    url: str
    headers: Mapping[str, str]
    text: str


@dataclass(slots=True)
class _Seen:
    scripts: list[Mapping[str, str]] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    policies: list[str] = field(default_factory=list)
    has_element: bool = False


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen = _Seen()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "script" and values.get("src"):
            self.seen.scripts.append(values)
        elif tag == "iframe":
            self.seen.frames.append(values.get("src", ""))
        elif tag == ELEMENT:
            self.seen.has_element = True
        elif tag == "meta" and values.get("http-equiv", "").lower() == POLICY:
            self.seen.policies.append(values.get("content", ""))

    def parse_marked_section(self, i: int, report: bool = True) -> int:  # noqa: FBT001, FBT002 - the library's
        """Read ``<![…`` of any kind: what is none of SGML's is a comment up to the next ``>``, as for browsers."""
        try:
            return super().parse_marked_section(i, report)
        except AssertionError:
            return self.parse_bogus_comment(i)


def find_origin(url: str) -> str:
    """Return the origin of an address as browsers compare it."""
    parts = urlsplit(url)
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    port = "" if parts.port in {None, usual} else f":{parts.port}"
    return f"{parts.scheme}://{parts.hostname or ''}{port}"


def look_at(page: Page, *, origins: Sequence[str], sites: Iterable[str]) -> tuple[Finding, ...]:
    """Return what is found on a page; ``origins`` are those where the business answers."""
    reader = _Reader()
    reader.feed(page.text)
    seen = reader.seen
    own = find_origin(page.url)
    ours = [each for each in seen.scripts if _is_ours(page.url, each["src"], origins)]
    others = any(_read(page.url, each["src"])[1].endswith(SCRIPT_NAME) for each in seen.scripts)
    found = [Finding.SITE_LISTED if own in {*sites, *origins} else Finding.SITE_MISSING]
    framed = any(_read(page.url, each)[0] in origins for each in seen.frames)
    if framed:
        found.append(Finding.FRAME_THERE)
    elif not ours:
        found.append(Finding.SCRIPT_ELSEWHERE if others else Finding.SCRIPT_MISSING)
    else:
        found.append(Finding.CODE_THERE if seen.has_element else Finding.ELEMENT_MISSING)
    policies = _list_policies([*page.headers.get(POLICY, "").split(","), *seen.policies])
    script = ours[0] if ours else {"src": origins[0] + SCRIPT_NAME}
    target, _ = _read(page.url, script["src"])
    if not framed and any(not _lets_script(each, target, script, own) for each in policies):
        found.append(Finding.SCRIPT_BLOCKED)
    if any(not _lets(each, "frame-src", target, own) for each in policies):
        found.append(Finding.FRAME_BLOCKED)
    if page.headers.get("cross-origin-embedder-policy", "").partition(";")[0].strip() in ISOLATING:
        found.append(Finding.ISOLATED)
    return tuple(found)


def _is_ours(page_url: str, src: str, origins: Sequence[str]) -> bool:
    origin, path = _read(page_url, src)
    return origin in origins and path == SCRIPT_NAME


def _read(page_url: str, address: str) -> tuple[str, str]:
    """Return origin and path of an address that stands on a page; of one that is none, empty ones."""
    try:
        url = urljoin(page_url, address)
        return find_origin(url), urlsplit(url).path
    except ValueError:
        return "", ""


def _list_policies(texts: Iterable[str]) -> list[dict[str, list[str]]]:
    """Return each policy as directive → sources; of a directive that stands twice the first counts."""
    policies = []
    for text in texts:
        policy: dict[str, list[str]] = {}
        for directive in text.split(";"):
            name, *sources = directive.split() or [""]
            policy.setdefault(name.lower(), sources)
        policies.append(policy)
    return policies


def _find_sources(policy: Mapping[str, list[str]], directive: str) -> list[str] | None:
    return next((policy[name] for name in FALLBACKS[directive] if name in policy), None)


def _lets(policy: Mapping[str, list[str]], directive: str, target: str, own: str) -> bool:
    sources = _find_sources(policy, directive)
    return sources is None or any(_matches(each.lower(), target, own) for each in sources)


def _lets_script(policy: Mapping[str, list[str]], target: str, script: Mapping[str, str], own: str) -> bool:
    """Tell whether a policy lets our script run: by its address, or by the nonce that it carries."""
    sources = _find_sources(policy, "script-src") or []
    if script.get("nonce") and f"'nonce-{script['nonce']}'" in sources:
        return True
    # Whoever says so trusts scripts by what loads them, and no address counts.
    return "'strict-dynamic'" not in sources and _lets(policy, "script-src", target, own)


def _matches(source: str, target: str, own: str) -> bool:
    """Tell whether a source of a policy stands for an origin (CSP 3, section 6.7.2.7)."""
    wanted = urlsplit(target)
    if source == "'self'":
        return target == own
    if source == "*" or source in {f"{wanted.scheme}:", "http:"}:
        return True
    scheme, _, rest = source.rpartition("://")
    if source.startswith("'") or (scheme and scheme != wanted.scheme and (scheme, wanted.scheme) != ("http", "https")):
        return False
    host, _, port = rest.partition("/")[0].partition(":")
    name = wanted.hostname or ""
    is_name = name.endswith(host[1:]) if host.startswith("*.") else name == host
    usual = {"http": "80", "https": "443"}
    is_port = port == "*" or (port or usual[wanted.scheme]) == (str(wanted.port or "") or usual[wanted.scheme])
    return is_name and is_port
