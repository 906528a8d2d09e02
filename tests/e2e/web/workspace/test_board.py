from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from scheduling.models import Booking, Service
from scheduling.selectors.bookings.views import get_booking
from tenants.context import tenant_scope
from tests.conftest import HostClient
from tests.e2e.server import AXE
from tests.integration.web.workspace.conftest import book, local_day
from web.workspace.board.stream_places import MAX_STREAMS

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("unblocked")]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def book_at(house, name: str, slot: int = 0, *, is_request: bool = False) -> tuple[int, str]:
    with tenant_scope(house):
        if is_request:
            Service.objects.update(approval="request")
        booked = book(name, slot=slot)
        Service.objects.update(approval="instant")
        booking = get_booking(booking_id=booked.booking_id)
        return booking.id, local_day(booking.starts_at, booking.timezone).isoformat()


def open_day(house) -> str:
    booking_id, on = book_at(house, "Primera Cita")
    with tenant_scope(house):
        Booking.objects.filter(pk=booking_id).update(customer_name="Primera Cita")
    return on


def check_axe(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)["violations"]
    return [f"{each['id']}: {[node['html'][:100] for node in each['nodes'][:3]]}" for each in found]


def test_new_booking_appears_within_a_second_and_only_there(houses, open_workspace):
    mine, other = houses
    on = open_day(mine)
    page, neighbor = open_workspace(mine, f"/workspace/?date={on}"), open_workspace(other, f"/workspace/?date={on}")
    for each in (page, neighbor):
        expect(each.locator("#live.is-on")).to_be_visible()
    page.wait_for_timeout(1000)  # the refresh of the first connection is over

    booking_id, _ = book_at(mine, "Ana Torres", 4)
    started = time.monotonic()
    block = page.locator(f"#board [data-booking='{booking_id}']").first
    block.wait_for(timeout=1000)
    seconds = time.monotonic() - started

    expect(page.locator(".toast", has_text="Ana Torres")).to_be_visible()
    assert seconds < 1.0
    assert "new" in (block.get_attribute("class") or "").split()
    assert neighbor.locator(".toast, #board .visit").count() == 0
    book_at(other, "Vecina Suya")
    expect(neighbor.locator("#board .visit", has_text="Vecina Suya").first).to_be_visible(timeout=1500)
    assert page.get_by_text("Vecina Suya").count() == 0


def test_many_events_cause_few_refreshes(houses, open_workspace):
    mine, _ = houses
    on = open_day(mine)
    page = open_workspace(mine, f"/workspace/?date={on}")
    expect(page.locator("#live.is-on")).to_be_visible()
    page.wait_for_timeout(1000)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/workspace/board/" in request.url else None)
    from notifications.services.live import push_live_event

    for number in range(50):
        push_live_event(schema_name=mine.schema_name, event_id=900_000 + number, kind="booking.arrived", subject_id=1)
    page.wait_for_timeout(2000)

    assert 1 <= len(asked) <= 3


def test_request_is_approved_from_the_notice(houses, open_workspace):
    mine, _ = houses
    page = open_workspace(mine)
    expect(page.locator("#live.is-on")).to_be_visible()

    booking_id, _ = book_at(mine, "Rubén Soto", 2, is_request=True)
    page.locator(".toast.news button.primary").click()
    page.wait_for_timeout(1200)

    expect(page.locator(".toast.news")).to_have_count(0)
    expect(page.locator(".aside .waiting", has_text="Rubén Soto")).to_have_count(0)
    with tenant_scope(mine):
        assert Booking.objects.get(pk=booking_id).status == "confirmed"


def test_panel_opens_acts_and_gives_the_focus_back(houses, open_workspace):
    mine, _ = houses
    on = open_day(mine)
    page = open_workspace(mine, f"/workspace/?date={on}")
    block = page.locator("#board .visit").first

    block.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_be_focused()
    assert check_axe(page) == []
    page.locator("#panel form[action$='/arrive/'] button").click()
    expect(page.locator("#panel form[action$='/start/'] button")).to_be_visible()
    expect(page.locator("#panel h2")).to_be_focused()
    page.wait_for_timeout(1000)  # the board was drawn anew
    page.keyboard.press("Escape")

    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator("#board .visit").first).to_be_focused()
    expect(page.locator("#board .visit.state-arrived").first).to_be_visible()


def start_of(house, booking_id: int) -> datetime:
    with tenant_scope(house):
        return Booking.objects.get(pk=booking_id).starts_at


def test_booking_is_moved_by_keyboard_and_back(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Óscar Reyes", 4)
    before = start_of(mine, booking_id)
    page = open_workspace(mine, f"/workspace/?date={on}")
    expect(page.locator("#live.is-on")).to_be_visible()
    page.wait_for_timeout(1000)

    page.locator("#board .visit[data-move]").first.focus()
    for key in ("m", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    page.locator(".toast [data-undo]").wait_for()
    moved = start_of(mine, booking_id)
    page.locator(".toast [data-undo]").click()
    expect(page.locator(".toast [data-undo]")).to_have_count(1)
    page.wait_for_timeout(800)

    assert (moved - before, start_of(mine, booking_id)) == (timedelta(minutes=30), before)


def test_booking_is_dragged_and_escape_leaves_it(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Hugo Medina", 8)
    before = start_of(mine, booking_id)
    page = open_workspace(mine, f"/workspace/?date={on}")
    expect(page.locator("#live.is-on")).to_be_visible()
    page.wait_for_timeout(1000)
    box = page.locator("#board .visit[data-move]").first.bounding_box()
    assert box is not None

    page.mouse.move(box["x"] + 60, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 50, steps=4)
    page.mouse.move(box["x"] + 60, box["y"] + 76, steps=4)
    page.mouse.up()
    page.locator(".toast [data-undo]").wait_for()
    assert start_of(mine, booking_id) - before == timedelta(minutes=60)

    page.wait_for_timeout(1000)
    box = page.locator("#board .visit[data-move]").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 60, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] - 60, steps=4)
    page.keyboard.press("Escape")
    page.mouse.up()
    page.wait_for_timeout(500)
    assert start_of(mine, booking_id) - before == timedelta(minutes=60)


def test_arrows_walk_from_visit_to_visit(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Sara Luna", 2)
    page = open_workspace(mine, f"/workspace/?date={on}&type=all")
    visits = page.locator(f"#board [data-booking='{booking_id}']")
    names = [each.get_attribute("id") for each in visits.all()]
    focused = "() => document.activeElement.id"

    visits.first.focus()
    page.keyboard.press("ArrowRight")
    right = page.evaluate(focused)
    page.keyboard.press("ArrowLeft")

    assert len(names) > 1
    assert (right, page.evaluate(focused)) == (names[1], names[0])


def test_escape_puts_a_lifted_visit_back(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Leo Prado", 4)
    before = start_of(mine, booking_id)
    page = open_workspace(mine, f"/workspace/?date={on}")
    expect(page.locator("#live.is-on")).to_be_visible()
    page.wait_for_timeout(1000)
    visit = page.locator("#board .visit[data-move]").first
    box, shown = visit.bounding_box(), visit.locator(".brief").text_content()

    visit.focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    lifted = visit.bounding_box(), visit.locator(".brief").text_content()
    page.keyboard.press("Escape")

    assert lifted[0] != box
    assert lifted[1] != shown
    assert (visit.bounding_box(), visit.locator(".brief").text_content()) == (box, shown)
    assert start_of(mine, booking_id) == before
    expect(visit).to_be_focused()


FREE_PLACE = """
    () => {
        const column = document.querySelector("#board .column")
        const box = column.getBoundingClientRect()
        const x = box.left + 60
        for (let y = Math.max(box.top, 200); y < innerHeight - 60; y += 7)
            if (document.elementFromPoint(x, y) === column) return {x, y, part: (y - box.top) / box.height}
    }
"""


def test_click_on_a_free_place_starts_a_booking_there(houses, open_workspace):
    mine, _ = houses
    _, on = book_at(mine, "Ana Torres")
    page = open_workspace(mine, f"/workspace/?date={on}")
    board, column = page.locator("#board"), page.locator("#board .column").first
    first, last = int(board.get_attribute("data-from")), int(board.get_attribute("data-to"))
    resource = column.get_attribute("data-resource")
    place = page.evaluate(FREE_PLACE)

    page.mouse.click(place["x"], place["y"])
    page.wait_for_url("**/bookings/new/?**")

    hour, minute = divmod(int((first + place["part"] * (last - first)) * 4) * 15, 60)
    assert page.url.endswith(f"/bookings/new/?date={on}&time={hour:02d}:{minute:02d}&resource={resource}")


@pytest.mark.parametrize(
    ("width", "height", "scheme"),
    [(390, 844, "light"), (1440, 900, "dark"), (820, 1100, "light"), (320, 700, "dark")],
)
def test_pages_are_accessible_and_never_wider_than_the_screen(houses, open_workspace, scheme, width, height):
    mine, _ = houses
    booking_id, on = book_at(mine, "Ana Torres", 3, is_request=True)
    options = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    page = open_workspace(mine, f"/workspace/?date={on}", **options)
    expect(page.locator("#live.is-on")).to_be_attached()
    found = {}
    for path in (
        f"/workspace/?date={on}&type=all",
        f"/workspace/?date={on}&view=list&lang=en",
        f"/workspace/bookings/{booking_id}/?lang=es",
        f"/workspace/bookings/{booking_id}/move/",
        "/workspace/bookings/?q=Ana",
        f"/workspace/bookings/new/?service=2&date={on}",
    ):
        page.goto(page.url.split("/workspace")[0] + path)
        page.wait_for_timeout(300)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found[path] = (check_axe(page), max(wider, 0))

    assert found == {path: ([], 0) for path in found}


def test_board_works_without_javascript(houses, open_workspace, board_browser):
    mine, _ = houses
    booking_id, on = book_at(mine, "Ana Torres", 3)
    page = open_workspace(mine, f"/workspace/?date={on}", java_script_enabled=False)

    boxes = [each.bounding_box() for each in page.locator("#board .visit").all()]
    page.locator("#board .visit").first.click()
    page.locator("form[action$='/arrive/'] button").click()

    assert all(box and box["height"] > 30 for box in boxes)
    assert page.url.endswith(f"/workspace/bookings/{booking_id}/")
    with tenant_scope(mine):
        assert Booking.objects.get(pk=booking_id).status == "arrived"


class Stream(threading.Thread):
    """A raw reader of server-sent events, with the time at which each came."""

    def __init__(self, port: int, host: str, cookie: str) -> None:
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.connection.request("GET", "/workspace/live/", headers={"Host": host, "Cookie": cookie})
        self.response = self.connection.getresponse()
        self.events: list[tuple[str, float]] = []

    def run(self) -> None:
        try:
            while line := self.response.readline():
                if line.startswith(b"event: "):
                    self.events.append((line.decode().strip().removeprefix("event: "), time.monotonic()))
        except (OSError, ValueError, AttributeError):
            return

    def close(self) -> None:
        # Closing alone would wait for the reader's line: cut the line first.
        if self.connection.sock is not None:
            self.connection.sock.shutdown(socket.SHUT_RDWR)
        self.connection.close()

    def names(self) -> list[str]:
        return [name for name, _ in self.events]

    def wait_for(self, name: str, seconds: float = 5.0) -> float:
        until = time.monotonic() + seconds
        while name not in self.names():
            assert time.monotonic() < until, self.events
            time.sleep(0.005)
        return next(at for each, at in self.events if each == name)


def cookie_of(house) -> str:
    from accounts.models import User

    with tenant_scope(house):
        client = HostClient(house.primary_host)
        client.force_login(User.objects.get(role="owner"))
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def test_stream_tells_its_tenant_within_a_second_and_nobody_else(houses, board_port):
    mine, other = houses
    streams = [Stream(board_port, house.primary_host, cookie_of(house)) for house in houses]
    for each in streams:
        each.start()
        each.wait_for("ready")

    sent_at = time.monotonic()
    book_at(mine, "Ana Torres")
    arrived_at = streams[0].wait_for("booking")
    book_at(other, "Vecina Suya")
    streams[1].wait_for("booking")

    assert arrived_at - sent_at < 1.0
    assert [each.names().count("booking") for each in streams] == [1, 1]
    assert streams[0].response.getheader("Content-Type") == "text/event-stream"
    for each in streams:
        each.close()


def test_streams_hold_no_database_connection(houses, board_port):
    mine, _ = houses
    cookie = cookie_of(mine)
    streams = [Stream(board_port, mine.primary_host, cookie) for _ in range(MAX_STREAMS)]
    for each in streams:
        each.start()
        each.wait_for("ready")

    plain = http.client.HTTPConnection("127.0.0.1", board_port, timeout=5)
    plain.request("GET", "/workspace/", headers={"Host": mine.primary_host, "Cookie": cookie})

    assert plain.getresponse().status == 200  # five streams, a pool of four
    for each in streams:
        each.close()


def test_sixth_stream_of_a_person_ends_the_first(houses, board_port):
    mine, _ = houses
    cookie = cookie_of(mine)
    streams = [Stream(board_port, mine.primary_host, cookie) for _ in range(MAX_STREAMS)]
    for each in streams:
        each.start()
        each.wait_for("ready")

    newest = Stream(board_port, mine.primary_host, cookie)
    newest.start()
    newest.wait_for("ready")
    streams[0].wait_for("replaced")
    streams[0].join(5)

    assert [each.is_alive() for each in (*streams, newest)] == [False, *[True] * MAX_STREAMS]
    for each in (*streams, newest):
        each.close()


@pytest.mark.parametrize("kind", ["anonymous", "suspended person", "other tenant's session"])
def test_no_stream_without_a_right_to_it(houses, board_port, kind):
    from accounts.models import User

    mine, other = houses
    cookie = {"anonymous": "", "suspended person": cookie_of(mine), "other tenant's session": cookie_of(other)}[kind]
    with tenant_scope(mine):
        User.objects.filter(role="owner").update(is_active=kind != "suspended person")
    try:
        stream = Stream(board_port, mine.primary_host, cookie)
        status = stream.response.status
    finally:
        with tenant_scope(mine):
            User.objects.filter(role="owner").update(is_active=True)

    assert status in {302, 403}


def test_event_carries_no_personal_data(houses, board_port):
    mine, _ = houses
    stream = Stream(board_port, mine.primary_host, cookie_of(mine))
    lines: list[bytes] = []

    def read() -> None:
        while b'data: {"kind"' not in b"".join(lines):
            lines.append(stream.response.readline())

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    time.sleep(0.5)
    book_at(mine, "Nombre Secreto")
    reader.join(5)

    data = next(line for line in lines if line.startswith(b'data: {"kind"'))
    assert set(json.loads(data.removeprefix(b"data: "))) == {"kind", "subject_id"}
    stream.close()
