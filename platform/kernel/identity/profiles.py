"""Profiles of a business elsewhere: a name or an address, as people type it, made into the address of the profile."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from kernel.lines import compose, drop_hidden
from kernel.maps import clean_web_address


@dataclass(frozen=True, slots=True)
class Network:
    """Where profiles are.

    Attributes:
        hosts: The one that addresses get, and others that mean the same.
        short: Hosts of shortened addresses, which name nobody.
        name: What a profile can be called, in lower case.
        sign: What stands before the name in an address.
        pages: What looks like a name in an address and is none.
    """

    hosts: tuple[str, ...]
    name: re.Pattern[str]
    short: frozenset[str] = frozenset()
    sign: str = ""
    pages: frozenset[str] = frozenset()

    def link(self, name: str) -> str:
        """Return the address of a profile."""
        return f"https://{self.hosts[0]}/{self.sign}{name}"


NETWORKS: Mapping[str, Network] = {
    "instagram": Network(
        hosts=("instagram.com", "instagr.am"),
        name=re.compile(r"(?!\.)(?!.*\.\.)[a-z0-9._]{1,30}(?<!\.)"),
        pages=frozenset({"accounts", "direct", "explore", "p", "reel", "reels", "stories", "tv"}),
    ),
    "facebook": Network(
        hosts=("facebook.com", "fb.com"),
        name=re.compile(r"[a-z0-9]([a-z0-9.-]{0,78}[a-z0-9])?"),
        short=frozenset({"fb.me"}),
        pages=frozenset({"groups", "help", "home.php", "login", "pages", "people", "profile.php", "share", "watch"}),
    ),
    "tiktok": Network(
        hosts=("tiktok.com",),
        name=re.compile(r"[a-z0-9._]{2,24}(?<!\.)"),
        short=frozenset({"vm.tiktok.com", "vt.tiktok.com"}),
        sign="@",
    ),
}
LEADING_ON = ("l.", "lm.")
"""Hosts of a network that only lead on to other sites."""
LEADING_PAGES = frozenset({"l.php", "flx", "link"})
_WEB = re.compile(r"https?://", re.IGNORECASE)
_LOOKS_LIKE_HOST = re.compile(r"(www\.|.*\.(com|net|org|info|biz|app|site|online|shop|[a-z]{2})$)")


def clean_profile(network: str, typed: str) -> str | None:
    """Return the address of a profile: of its name ("@taller"), or of an address at the network; None for others.

    What was copied along with the address of a profile, as who shared it, is taken away; pages of a network that are
    no profile, and shortened addresses, stay as they are.
    """
    known = NETWORKS[network]
    text = compose("NFKC", drop_hidden(typed)).strip()
    name = text.removeprefix("@").lower()
    if known.name.fullmatch(name) and (text.startswith("@") or not _LOOKS_LIKE_HOST.match(name)):
        return known.link(name)
    link = None if text.startswith("@") else clean_web_address(_WEB.sub("https://", text))
    if link is None:
        return None
    parts = urlsplit(link)
    host, segments = parts.hostname or "", [each for each in parts.path.split("/") if each]
    if not segments or parts.port is not None or not _is_of(known, host) or segments[0] in LEADING_PAGES:
        return None
    return known.link(_take_name(known, segments)) if _is_profile(known, host, segments) else link


def show_profile(network: str, link: str) -> str:
    """Return what a profile is called, "@taller"; the address itself where it names none."""
    known = NETWORKS[network]
    name = link.removeprefix(known.link(""))
    return f"@{name}" if name != link and known.name.fullmatch(name) and name not in known.pages else link


def _is_of(known: Network, host: str) -> bool:
    if host in known.short:
        return True
    is_own = any(host == each or host.endswith(f".{each}") for each in known.hosts)
    return is_own and not host.startswith(LEADING_ON)


def _is_profile(known: Network, host: str, segments: list[str]) -> bool:
    if host in known.short or len(segments) != 1 or not segments[0].startswith(known.sign):
        return False
    name = _take_name(known, segments)
    return known.name.fullmatch(name) is not None and name not in known.pages


def _take_name(known: Network, segments: list[str]) -> str:
    return segments[0].removeprefix(known.sign).lower()
