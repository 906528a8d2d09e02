"""What the people of a business are told about its addresses."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import translation
from django.utils.translation import gettext

from accounts.enums import Role
from accounts.selectors.staff import list_staff
from kernel.languages import LANGUAGES
from kernel.text import mark
from notifications.services.messages import tell
from notifications.services.outbox import publish
from notifications.types.messages import Recipient
from tenants.domains import show_domain
from tenants.enums import AddressEvent, Lack, Urgency
from tenants.hooks import register_address_writer
from tenants.hosts import make_base_url
from tenants.types import AddressChange

EVENT = "address"
TEMPLATES: Mapping[str, str] = {
    AddressEvent.MOVED: "address_moved",
    AddressEvent.VERIFIED: "domain_verified",
    AddressEvent.FALLEN: "domain_fallen",
    AddressEvent.REMOVED: "domain_removed",
}
"""Nobody is told that somebody typed a domain: nothing answers there yet."""
SIGN_IN, PAGE = "/accounts/login/", "/workspace/address/"
LACKS: Mapping[str, str] = {
    Lack.PROOF: mark("The TXT record is missing that proves that the domain is yours."),
    Lack.LEAD: mark("Now it leads nowhere."),
    Lack.ANSWER: mark("Its name servers have not answered for three days."),
}
"""What a domain lacks, a msgid each."""
ELSEWHERE = mark("Now it leads to %(there)s.")


def tell_address(change: AddressChange) -> None:
    """Publish what was done, and queue the mails about it, in the transaction that does it.

    Everybody who signs in hears that they do so elsewhere from now on; of anything else, owners alone.
    """
    payload = {"event": str(change.event), "old": change.old, "new": change.new}
    publish(kind=f"{EVENT}.changed", subject_id=change.tenant.id, payload=payload, now=change.at)
    template = TEMPLATES.get(change.event)
    if template is None:
        return
    roles = () if change.event == AddressEvent.MOVED else (Role.OWNER,)
    tell(
        recipients=[Recipient(email=each.email, locale=each.locale) for each in list_staff(roles=roles)],
        template=template,
        about=None,
        words=_make_words(change),
        key=f"{template}:{change.at.isoformat()}",
        now=change.at,
        limit="address_mails",
        urgency=Urgency.NOW,
    )


def register() -> None:
    """Write for the room of tenants."""
    register_address_writer(tell_address)


def _make_words(change: AddressChange) -> dict[str, dict[str, str]]:
    is_move = change.event == AddressEvent.MOVED
    words: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        with translation.override(language):
            words[language] = {
                "old": show_domain(change.old),
                "new": show_domain(change.new),
                "home": change.tenant.home_host,
                "lack": _say_lack(change),
                "action_url": make_base_url(change.tenant.home_host) + (SIGN_IN if is_move else PAGE),
                "action_label": gettext("Sign in") if is_move else gettext("See the domain"),
            }
    return words


def _say_lack(change: AddressChange) -> str:
    if change.lack == Lack.LEAD and change.points_to:
        return gettext(ELSEWHERE) % {"there": change.points_to}
    return gettext(LACKS[change.lack]) if change.lack else ""
