"""From an event to its messages control goes one way: scheduling hands over and is asked nothing, and asks nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

from config.environment import ROOT
from notifications.models import Message
from tests.integration.scheduling.messages.conftest import handle_events

FOLDERS = {"notifications": ROOT / "platform" / "notifications", "scheduling": ROOT / "scheduling"}


def find_room(frame: FrameType | None) -> str:
    path = Path(frame.f_code.co_filename) if frame is not None else Path()
    return next((room for room, folder in FOLDERS.items() if path.is_relative_to(folder)), "")


def find_caller(frame: FrameType) -> FrameType | None:
    """The nearest frame of one of the two rooms, whatever library lies between."""
    caller = frame.f_back
    while caller is not None and not find_room(caller):
        caller = caller.f_back
    return caller


class Watch:
    """Notes each call from notifications into scheduling, and each answer that notifications gives scheduling."""

    def __init__(self) -> None:
        self.called: list[str] = []
        self.answered: list[str] = []

    def __call__(self, frame: FrameType, event: str, value: object) -> None:
        if event not in {"call", "return"} or not find_room(frame) or frame.f_code.co_name.startswith("<"):
            return
        rooms = find_room(find_caller(frame)), find_room(frame)
        if event == "call" and rooms == ("notifications", "scheduling"):
            self.called.append(frame.f_code.co_name)
        if event == "return" and rooms == ("scheduling", "notifications") and value is not None:
            self.answered.append(frame.f_code.co_name)


def test_event_to_message_goes_one_way(book):
    book()
    watch = Watch()

    sys.setprofile(watch)
    try:
        handle_events()
    finally:
        sys.setprofile(None)

    assert Message.objects.count() == 2
    assert (watch.called, watch.answered) == (["tell_customer_of", "note_event", "tell_business_of"], [])
