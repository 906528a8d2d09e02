from __future__ import annotations

import http.client
import json
import re
import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from notifications.services.live import push_live_event
from scheduling.models import Booking, Service
from scheduling.selectors.bookings.views import get_booking
from tenants.context import tenant_scope
from tests.e2e.sight import DESK, NARROW, PHONE, check_axe, check_everywhere
from tests.e2e.waiting import PATIENCE_SECONDS, assert_soon
from tests.e2e.web.workspace.conftest import count_drawings, save, sign_in, wait_for_drawing, wait_until_live
from tests.integration.web.workspace.conftest import book, local_day
from web.workspace.board.stream_places import MAX_STREAMS

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("unblocked")]


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


def status_of(house, booking_id: int) -> str:
    with tenant_scope(house):
        return Booking.objects.get(pk=booking_id).status


def test_new_booking_appears_by_itself_and_only_there(houses, open_workspace):
    mine, other = houses
    on = open_day(mine)
    page, neighbor = open_workspace(mine, f"/workspace/?date={on}"), open_workspace(other, f"/workspace/?date={on}")
    for each in (page, neighbor):
        wait_until_live(each)

    booking_id, _ = book_at(mine, "Ana Torres", 4)

    expect(page.locator(f"#board [data-booking='{booking_id}']").first).to_have_class(re.compile(r"\bnew\b"))
    expect(page.locator(".toast", has_text="Ana Torres")).to_be_visible()
    book_at(other, "Vecina Suya")
    expect(neighbor.locator("#board .visit", has_text="Vecina Suya").first).to_be_visible()
    expect(neighbor.locator(".toast.news", has_text="Vecina Suya")).to_be_visible()
    expect(neighbor.get_by_text("Ana Torres")).to_have_count(0)
    book_at(mine, "Eva Luna", 8)  # by the time this is told, what came before would have been told, too
    expect(page.locator(".toast.news", has_text="Eva Luna")).to_be_visible()
    expect(page.get_by_text("Vecina Suya")).to_have_count(0)


COUNT_EVENTS = """
    window.heard = 0;
    const Real = window.EventSource;
    window.EventSource = class extends Real {
        constructor(...all) { super(...all); this.addEventListener("booking", () => { heard += 1; }); }
    };
"""


def test_stream_that_begins_before_the_page_is_whole_draws_the_board(houses, open_workspace):
    mine, _ = houses
    page = open_workspace(mine, f"/workspace/?date={open_day(mine)}", late="**/js/board*.js")

    wait_until_live(page)

    assert count_drawings(page) > 0


def test_event_draws_at_once_and_many_that_follow_share_a_drawing(houses, open_workspace):
    """On the clock of the page, which stands still meanwhile: a slow machine changes nothing."""
    mine, _ = houses
    on = open_day(mine)
    page = open_workspace(mine, f"/workspace/?date={on}", script=COUNT_EVENTS)
    wait_until_live(page)
    page.clock.install()
    page.clock.pause_at(datetime.now(tz=UTC) + timedelta(minutes=10))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/workspace/board/" in request.url else None)

    push_events(mine, range(1))
    page.wait_for_function("() => heard === 1")
    page.clock.run_for(50)
    assert_soon(lambda: read_number(page, asked), 1)
    push_events(mine, range(1, 50))
    page.wait_for_function("() => heard === 50")
    page.clock.run_for(600)
    assert read_number(page, asked) == 1
    page.clock.run_for(400)
    assert_soon(lambda: read_number(page, asked), 2)
    page.clock.run_for(5000)

    assert read_number(page, asked) == 2


def push_events(house, numbers: range) -> None:
    for number in numbers:
        push_live_event(schema_name=house.schema_name, event_id=900_000 + number, kind="booking.arrived", subject_id=1)


def read_number(page: Page, asked: list[str]) -> int:
    """Return how many were asked for, after the page had its turn to say so."""
    page.evaluate("1")
    return len(asked)


def test_request_is_approved_from_the_notice(houses, open_workspace):
    mine, _ = houses
    page = open_workspace(mine)
    wait_until_live(page)

    booking_id, _ = book_at(mine, "Rubén Soto", 2, is_request=True)
    page.locator(".toast.news button.primary").click()

    expect(page.locator(".toast.news")).to_have_count(0)
    expect(page.locator(".aside .waiting", has_text="Rubén Soto")).to_have_count(0)
    assert_soon(lambda: status_of(mine, booking_id), "confirmed")


def test_panel_opens_acts_and_gives_the_focus_back(houses, open_workspace):
    mine, _ = houses
    on = open_day(mine)
    page = open_workspace(mine, f"/workspace/?date={on}")
    wait_until_live(page)
    block = page.locator("#board .visit").first

    block.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_be_focused()
    assert check_axe(page) == []
    drawings = count_drawings(page)
    page.locator("#panel form[action$='/arrive/'] button").click()
    expect(page.locator("#panel form[action$='/start/'] button")).to_be_visible()
    expect(page.locator("#panel h2")).to_be_focused()
    wait_for_drawing(page, drawings)
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
    wait_until_live(page)

    page.locator("#board .visit[data-move]").first.focus()
    for key in ("m", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    save(page)
    page.locator(".toast [data-undo]").wait_for()
    moved = start_of(mine, booking_id)
    page.locator(".toast [data-undo]").click()

    assert_soon(lambda: (moved - before, start_of(mine, booking_id)), (timedelta(minutes=30), before))
    expect(page.locator(".toast [data-undo]")).to_have_count(1)


def test_booking_is_dragged_and_escape_leaves_it(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Hugo Medina", 8)
    before = start_of(mine, booking_id)
    page = open_workspace(mine, f"/workspace/?date={on}")
    wait_until_live(page)
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)

    drawings = count_drawings(page)
    lift(page, 50, 76)
    page.mouse.up()
    save(page)
    page.locator(".toast [data-undo]").wait_for()
    wait_for_drawing(page, drawings)
    assert start_of(mine, booking_id) - before == timedelta(minutes=60)

    drawings = count_drawings(page)
    lift(page, -60)
    page.keyboard.press("Escape")
    page.mouse.up()
    wait_for_drawing(page, drawings)  # which is asked for when the visit is back
    assert len(posted) == 1
    assert start_of(mine, booking_id) - before == timedelta(minutes=60)


def lift(page: Page, *heights: int) -> None:
    """Take the visit by the mouse and carry it to each height in turn, in pixels below its top."""
    box = page.locator("#board .visit[data-move]").first.evaluate("visit => visit.getBoundingClientRect().toJSON()")
    page.mouse.move(box["x"] + 60, box["y"] + 10)
    page.mouse.down()
    for height in heights:
        page.mouse.move(box["x"] + 60, box["y"] + height, steps=4)
    expect(page.locator("#board .visit.dragged")).to_have_count(1)


def test_arrows_walk_from_visit_to_visit(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Sara Luna", 2)
    page = open_workspace(mine, f"/workspace/?date={on}&type=all")
    wait_until_live(page)
    visits = page.locator(f"#board [data-booking='{booking_id}']")
    first, second = (page.locator(f"[id='{visits.nth(at).get_attribute('id')}']") for at in (0, 1))

    first.focus()
    page.keyboard.press("ArrowRight")
    expect(second).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(first).to_be_focused()


def test_escape_puts_a_lifted_visit_back(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Leo Prado", 4)
    before = start_of(mine, booking_id)
    page = open_workspace(mine, f"/workspace/?date={on}")
    wait_until_live(page)
    visit = page.locator("#board .visit[data-move]").first

    def read() -> tuple[object, str | None]:
        return visit.bounding_box(), visit.locator(".brief").text_content()

    box, shown = read()
    visit.focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    expect(visit).to_have_class(re.compile(r"\blifted\b"))
    expect(visit.locator(".brief")).not_to_have_text(shown or "")
    lifted_box, _ = read()
    drawings = count_drawings(page)
    page.keyboard.press("Escape")

    wait_for_drawing(page, drawings)
    assert lifted_box != box
    assert_soon(read, (box, shown))
    expect(visit).to_be_focused()
    assert start_of(mine, booking_id) == before


FREE_PLACE = """
    () => {
        const column = document.querySelector("#board .column")
        const box = column.getBoundingClientRect(), {from, to} = column.closest("#board").dataset
        const x = box.left + 60
        for (let y = Math.ceil(Math.max(box.top, 200)); y < innerHeight - 60; y += 2) {
            const part = (y - box.top) / box.height, quarter = part * (to - from) * 4 % 1
            if (quarter > 0.2 && quarter < 0.8 && document.elementFromPoint(x, y) === column) return {x, y, part}
        }
    }
"""
"""A whole pixel amid a quarter of an hour: a click has no parts of one, and rounded off it may be a quarter before."""


def test_click_on_a_free_place_starts_a_booking_there(houses, open_workspace):
    mine, _ = houses
    _, on = book_at(mine, "Ana Torres")
    page = open_workspace(mine, f"/workspace/?date={on}")
    wait_until_live(page)
    board, column = page.locator("#board"), page.locator("#board .column").first
    first, last = int(board.get_attribute("data-from")), int(board.get_attribute("data-to"))
    resource = column.get_attribute("data-resource")
    place = page.evaluate(FREE_PLACE)

    page.mouse.click(place["x"], place["y"])
    page.wait_for_url("**/bookings/new/?**")

    hour, minute = divmod(int((first + place["part"] * (last - first)) * 4) * 15, 60)
    assert page.url.endswith(f"/bookings/new/?date={on}&time={hour:02d}:{minute:02d}&resource={resource}")


def test_pages_are_accessible_and_never_wider_than_the_screen(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Ana Torres", 3, is_request=True)
    page = open_workspace(mine, f"/workspace/?date={on}")
    wait_until_live(page)
    site, found = page.url.partition("/workspace")[0], {}
    for path in (
        f"/workspace/?date={on}&type=all",
        f"/workspace/?date={on}&view=list&lang=en",
        f"/workspace/bookings/{booking_id}/?lang=es",
        f"/workspace/bookings/{booking_id}/move/",
        "/workspace/bookings/?q=Ana",
        f"/workspace/bookings/new/?service=2&date={on}",
    ):
        page.goto(site + path)
        if page.locator("#board").count():
            wait_until_live(page)
        found[path] = check_everywhere(page, DESK, PHONE, {"width": 820, "height": 1100}, NARROW)

    assert found == {path: [] for path in found}


def test_board_works_without_javascript(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Ana Torres", 3)
    page = open_workspace(mine, f"/workspace/?date={on}", java_script_enabled=False)

    boxes = [each.bounding_box() for each in page.locator("#board .visit").all()]
    page.locator("#board .visit").first.click()
    page.locator("form[action$='/arrive/'] button").click()

    assert all(box and box["height"] > 30 for box in boxes)
    expect(page.locator("form[action$='/start/'] button")).to_be_visible()
    expect(page).to_have_url(re.compile(f"/workspace/bookings/{booking_id}/$"))
    assert status_of(mine, booking_id) == "arrived"


class Stream(threading.Thread):
    """A raw reader of server-sent events, by their names."""

    def __init__(self, port: int, host: str, cookie: str) -> None:
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        self.connection.request("GET", "/workspace/live/", headers={"Host": host, "Cookie": cookie})
        self.response = self.connection.getresponse()
        self.events: list[str] = []

    def run(self) -> None:
        try:
            while line := self.response.readline():
                if line.startswith(b"event: "):
                    self.events.append(line.decode().strip().removeprefix("event: "))
        except (OSError, ValueError, AttributeError):
            return

    def close(self) -> None:
        # Closing alone would wait for the reader's line: cut the line first.
        if self.connection.sock is not None:
            self.connection.sock.shutdown(socket.SHUT_RDWR)
        self.connection.close()

    def wait_for(self, name: str) -> None:
        assert_soon(lambda: name in self.events, expected=True)


def cookie_of(house) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in sign_in(house).cookies.items())


def test_stream_tells_its_tenant_and_nobody_else(houses, board_port):
    mine, other = houses
    streams = [Stream(board_port, house.primary_host, cookie_of(house)) for house in houses]
    for each in streams:
        each.start()
        each.wait_for("ready")

    book_at(mine, "Ana Torres")
    streams[0].wait_for("booking")
    book_at(other, "Vecina Suya")
    streams[1].wait_for("booking")

    assert [each.events.count("booking") for each in streams] == [1, 1]
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

    plain = http.client.HTTPConnection("127.0.0.1", board_port, timeout=PATIENCE_SECONDS)
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
    streams[0].join(PATIENCE_SECONDS)

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
    assert_soon(lambda: b"event: ready" in b"".join(lines), expected=True)
    book_at(mine, "Nombre Secreto")
    reader.join(PATIENCE_SECONDS)

    data = next(line for line in lines if line.startswith(b'data: {"kind"'))
    assert set(json.loads(data.removeprefix(b"data: "))) == {"kind", "subject_id"}
    stream.close()
