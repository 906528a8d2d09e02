"""The ways to reach people, by name; a new one is a module that registers itself, and a word of `Channel`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from notifications.enums import Channel
from notifications.types.messages import OutgoingMessage, Recipient


@dataclass(frozen=True, slots=True)
class Carrier:
    """One way to reach people.

    Attributes:
        send: Hands over one message and returns the carrier's id of it; raises `DeliveryRefused`
            (for good), `DeliveryFailed` (this time) or `CarrierMissing`.
        find_address: Where this carrier would reach someone; empty: nowhere.
        is_address: Whether a text can be such an address at all.
        folder: Of the built-in texts, in ``templates``.
        pick_text: Makes the text to send out of its versions, the longest first. None: a subject, HTML and
            attachments travel as well, and the layout is put around the text.
        is_set_up: Whether the platform has an account with the carrier.
        is_wanted: Whether the business writes to such an address.
    """

    channel: Channel
    send: Callable[[OutgoingMessage], str]
    find_address: Callable[[Recipient], str]
    is_address: Callable[[str], bool]
    folder: str
    pick_text: Callable[[Sequence[str]], str] | None = None
    is_set_up: Callable[[], bool] = lambda: True
    is_wanted: Callable[[str], bool] = lambda _: True

    @property
    def is_rich(self) -> bool:
        """Tell whether subject, layout and attachments travel as well."""
        return self.pick_text is None


_carriers: dict[str, Carrier] = {}


def register_carrier(carrier: Carrier) -> None:
    """Reach people by ``carrier``, when none that was registered before it can."""
    _carriers[carrier.channel] = carrier


def find_carrier(channel: str) -> Carrier | None:
    """Return who carries ``channel``; None when no module does (a newer process may know it)."""
    return _carriers.get(channel)


def get_carrier(channel: str) -> Carrier:
    """Return who carries ``channel``.

    Raises:
        KeyError: No module does.
    """
    return _carriers[channel]


def pick_carrier(recipient: Recipient) -> tuple[Carrier, str] | None:
    """Return who reaches ``recipient``, and at which address; None when nothing at all is known.

    The first whose address is valid. When none is, the last that has one: the message log then
    shows where nobody could be reached.
    """
    picked: tuple[Carrier, str] | None = None
    for carrier in _carriers.values():
        address = carrier.find_address(recipient).strip()
        if carrier.is_address(address):
            return carrier, address
        if address:
            picked = carrier, address
    return picked


def list_reaching(recipient: Recipient) -> tuple[tuple[Carrier, str], ...]:
    """Return who can reach ``recipient``, and at which address, in the order of preference."""
    known = ((carrier, carrier.find_address(recipient).strip()) for carrier in _carriers.values())
    return tuple(
        (carrier, address)
        for carrier, address in known
        if carrier.is_address(address) and carrier.is_set_up() and carrier.is_wanted(address)
    )
