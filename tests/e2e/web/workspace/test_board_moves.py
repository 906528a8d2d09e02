"""On the board with mouse, keyboard and finger: what is said before a drop, lengths, new visits, and two at once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from notifications.models import Event
from scheduling.models import Booking
from scheduling.selectors.bookings.views import get_booking
from tenants.context import tenant_scope
from tests.e2e.sight import check_axe
from tests.e2e.waiting import assert_soon
from tests.e2e.web.workspace.conftest import count_drawings, save, wait_for_drawing, wait_until_live
from tests.integration.web.workspace.conftest import book, local_day

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("unblocked")]
TABLET = {"viewport": {"width": 1024, "height": 900}, "has_touch": True}


def book_at(house, name: str, slot: int = 0) -> tuple[int, str]:
    with tenant_scope(house):
        booking = get_booking(booking_id=book(name, slot=slot).booking_id)
        return booking.id, local_day(booking.starts_at, booking.timezone).isoformat()


def times_of(house, booking_id: int) -> tuple[object, int]:
    with tenant_scope(house):
        found = Booking.objects.get(pk=booking_id)
        return found.starts_at, (found.ends_at - found.starts_at) // timedelta(minutes=1)


def last_move(house, booking_id: int) -> dict[str, object]:
    with tenant_scope(house):
        return Event.objects.filter(kind="booking.rescheduled", subject_id=booking_id).latest("id").payload


def open_board(open_workspace, house, on: str, **options) -> Page:
    page = open_workspace(house, f"/workspace/?date={on}", **options)
    wait_until_live(page)
    return page


def visit_of(page: Page, booking_id: int) -> Locator:
    return page.locator(f"#board .visit[data-booking='{booking_id}']").first


def hour_height(page: Page) -> float:
    return float(
        page.evaluate(
            "(b => document.querySelector('.column').offsetHeight / (b.dataset.to - b.dataset.from))"
            "(document.getElementById('board'))"
        )
    )


def box_of(found: Locator) -> dict[str, float]:
    box = found.bounding_box()
    assert box is not None
    return dict(box)


def test_before_the_drop_the_board_says_whether_it_is_free(houses, open_workspace):
    mine, _ = houses
    first, on = book_at(mine, "Silvia Ponce", 2)
    second, _ = book_at(mine, "Hugo Medina", 10)
    page = open_board(open_workspace, mine, on)
    hugo, silvia = visit_of(page, second), visit_of(page, first)
    hugo.scroll_into_view_if_needed()
    box, there = box_of(hugo), box_of(silvia)
    before = times_of(mine, second)

    page.mouse.move(box["x"] + 40, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 10 + hour_height(page) / 4 + 2, steps=4)
    expect(page.locator(".verdict.fits")).to_have_text("Libre")
    page.mouse.move(there["x"] + 40, there["y"] + 12, steps=4)
    expect(page.locator(".verdict.clashes")).to_contain_text("ya tiene a Silvia Ponce")
    page.mouse.up()

    expect(page.locator(".toast.bad")).to_contain_text("ya tiene a Silvia Ponce")
    expect(page.locator("#tell")).to_be_hidden()
    assert times_of(mine, second) == before


@pytest.mark.parametrize(
    ("is_told", "line", "kept"), [(True, "Perdona", {"line": "Perdona"}), (False, "", {"is_silent": True})]
)
def test_the_drop_asks_whether_the_customer_is_told(houses, open_workspace, is_told, line, kept):
    mine, _ = houses
    booking_id, on = book_at(mine, "Hugo Medina", 6)
    page = open_board(open_workspace, mine, on)

    visit_of(page, booking_id).focus()
    for key in ("m", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#tell [data-who]")).to_have_text("Hugo Medina")
    assert check_axe(page) == []
    page.locator("#tell-line").fill(line)
    save(page, is_told=is_told)
    page.locator(".toast [data-undo]").wait_for()

    payload = last_move(mine, booking_id)
    assert {name: payload[name] for name in ("line", "is_silent") if name in payload} == kept


def test_who_leaves_the_question_leaves_the_visit(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Hugo Medina", 6)
    before = times_of(mine, booking_id)
    page = open_board(open_workspace, mine, on)
    visit = visit_of(page, booking_id)
    shown = visit.locator(".brief").text_content() or ""

    visit.focus()
    for key in ("m", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    page.locator("#tell[open]").wait_for()
    page.keyboard.press("Escape")

    expect(visit.locator(".brief")).to_have_text(shown)
    expect(visit).to_be_focused()
    assert times_of(mine, booking_id) == before


def test_the_lower_edge_makes_it_longer_and_undo_shorter(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Hugo Medina", 4)
    start, minutes = times_of(mine, booking_id)
    page = open_board(open_workspace, mine, on)
    box, hour = box_of(visit_of(page, booking_id)), hour_height(page)

    page.mouse.move(box["x"] + 40, box["y"] + box["height"] - 3)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] - 3 + hour / 2, steps=5)
    expect(page.locator(".verdict.fits")).to_contain_text("libre")
    page.mouse.up()
    save(page, is_told=False)
    page.locator(".toast [data-undo]").wait_for()
    longer = times_of(mine, booking_id)
    page.locator(".toast [data-undo]").click()

    assert longer == (start, minutes + 30)
    assert_soon(lambda: times_of(mine, booking_id), (start, minutes))


def test_by_keyboard_down_to_nothing_is_refused_with_a_reason(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Hugo Medina", 4)
    start, minutes = times_of(mine, booking_id)
    page = open_board(open_workspace, mine, on)
    visit = visit_of(page, booking_id)

    visit.focus()
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("#said")).to_contain_text("libre")
    page.keyboard.press("Enter")
    save(page, is_told=False)
    page.locator(".toast [data-undo]").wait_for()
    longer = times_of(mine, booking_id)
    expect(page.locator("#board .visit.busy")).to_have_count(0)
    visit.focus()
    for _ in range((minutes + 15) // 15):
        page.keyboard.press("Shift+ArrowUp")
    expect(page.locator("#said")).to_contain_text("al menos 5 minutos")
    page.keyboard.press("Enter")

    expect(page.locator(".toast.bad")).to_contain_text("al menos 5 minutos")
    assert (longer, times_of(mine, booking_id)) == ((start, minutes + 15), (start, minutes + 15))


def test_a_drag_over_empty_time_begins_a_visit_of_that_length(houses, open_workspace):
    mine, _ = houses
    _, on = book_at(mine, "Ana Torres", 0)
    page = open_board(open_workspace, mine, on)
    column = page.locator("#board .column").last
    x, y = free_place(page, column)
    hour = hour_height(page)

    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + hour * 0.75, steps=5)
    expect(page.locator(".drawn")).to_be_visible()
    page.mouse.up()
    page.wait_for_url("**/bookings/new/?**length=60")

    expect(page.locator("#new [name=length]")).to_have_value("60")
    assert f"resource={column.get_attribute('data-resource')}" in page.url
    page.locator("#new [data-discard]").click()
    expect(page.locator("#new [name=length]")).to_be_hidden()
    page.locator("#draft").click()
    page.wait_for_url("**/bookings/new/?**length=60")
    expect(page.locator("#new [name=length]")).to_have_value("60")


def test_escape_while_drawing_begins_nothing(houses, open_workspace):
    mine, _ = houses
    _, on = book_at(mine, "Ana Torres", 0)
    page = open_board(open_workspace, mine, on)
    x, y = free_place(page, page.locator("#board .column").last)
    address = page.url

    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 60, steps=5)
    expect(page.locator(".drawn")).to_be_visible()
    page.keyboard.press("Escape")
    page.mouse.up()

    expect(page.locator(".drawn")).to_have_count(0)
    expect(page.locator("#panel")).to_be_hidden()
    assert page.url == address


def free_place(page: Page, column: Locator) -> tuple[float, float]:
    """Return a place a few pixels into a quarter of an hour with an hour and a half of nothing below."""
    found = page.evaluate(
        """column => {
            const box = column.getBoundingClientRect(), x = box.left + 60;
            const empty = y => document.elementFromPoint(x, y) === column;
            const {from, to} = document.getElementById("board").dataset;
            for (let y = Math.max(box.top, 200) | 0; y < innerHeight - 180; y += 1) {
                const quarter = (y - box.top) / box.height * (to - from) * 4 % 1;
                const isFree = [0, 20, 40, 60, 80, 100].every(each => empty(y + each));
                if (quarter > 0.2 && quarter < 0.4 && isFree) return [x, y];
            }
        }""",
        column.element_handle(),
    )
    return found[0], found[1]


def touch(page: Page, *places: tuple[float, float], hold_ms: int = 600) -> None:
    """Press with a finger, hold, carry it to each place in turn, and let go; as the browser gets it from a screen."""
    session = page.context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    send("touchStart", places[0])
    page.wait_for_timeout(hold_ms)
    last = places[0]
    for place in places[1:]:
        for part in range(1, 7):
            send("touchMove", tuple(a + (b - a) * part / 6 for a, b in zip(last, place, strict=True)))  # type: ignore[arg-type]
        last = place
    page.wait_for_timeout(200)
    send("touchEnd")


def test_a_finger_moves_a_visit_after_a_long_press(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Hugo Medina", 4)
    start, minutes = times_of(mine, booking_id)
    page = open_board(open_workspace, mine, on, **TABLET)
    box, hour = box_of(visit_of(page, booking_id)), hour_height(page)
    x, y = box["x"] + 40, box["y"] + 8

    touch(page, (x, y), (x, y + hour))
    save(page, is_told=False)
    page.locator(".toast [data-undo]").wait_for()

    assert times_of(mine, booking_id) == (start + timedelta(hours=1), minutes)


def test_a_finger_stretches_a_visit_by_its_edge(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Hugo Medina", 4)
    start, minutes = times_of(mine, booking_id)
    page = open_board(open_workspace, mine, on, **TABLET)
    box, hour = box_of(visit_of(page, booking_id)), hour_height(page)
    x, y = box["x"] + 40, box["y"] + box["height"] - 5

    touch(page, (x, y), (x, y + hour / 2))
    save(page, is_told=False)
    page.locator(".toast [data-undo]").wait_for()

    assert times_of(mine, booking_id) == (start, minutes + 30)


def test_a_finger_draws_a_new_visit(houses, open_workspace):
    mine, _ = houses
    _, on = book_at(mine, "Ana Torres", 0)
    page = open_board(open_workspace, mine, on, **TABLET)
    x, y = free_place(page, page.locator("#board .column").last)

    touch(page, (x, y), (x, y + hour_height(page) * 0.75))

    page.wait_for_url("**/bookings/new/?**length=60")


def test_a_swipe_scrolls_and_moves_nothing(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Hugo Medina", 4)
    before = times_of(mine, booking_id)
    page = open_board(open_workspace, mine, on, **{**TABLET, "viewport": {"width": 1024, "height": 500}})
    visit = visit_of(page, booking_id)
    box = box_of(visit)

    touch(page, (box["x"] + 40, box["y"] + 8), (box["x"] + 40, box["y"] - 120), hold_ms=0)

    expect(page.locator("#board .visit.dragged")).to_have_count(0)
    expect(page.locator("#tell")).to_be_hidden()
    assert times_of(mine, booking_id) == before


def test_at_the_edge_the_board_scrolls_while_the_hand_rests(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Hugo Medina", 0)
    page = open_board(open_workspace, mine, on, **{**TABLET, "viewport": {"width": 1300, "height": 560}})
    page.evaluate("document.getElementById('board').scrollTop = 0")
    visit = visit_of(page, booking_id)
    box = box_of(visit)
    board = box_of(page.locator("#board"))

    page.mouse.move(box["x"] + 40, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, board["y"] + board["height"] - 10, steps=4)
    page.wait_for_function("() => document.getElementById('board').scrollTop > 100")
    page.keyboard.press("Escape")
    page.mouse.up()

    expect(page.locator(".verdict")).to_have_count(0)


def test_two_carry_the_same_visit_one_wins_and_the_other_is_told(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Hugo Medina", 4)
    start, minutes = times_of(mine, booking_id)
    one, other = (open_board(open_workspace, mine, on) for _ in range(2))
    for page in (one, other):
        visit_of(page, booking_id).focus()
        for key in ("m", "ArrowDown", "Enter"):
            page.keyboard.press(key)
        page.locator("#tell[open]").wait_for()

    save(one, is_told=False)
    one.locator(".toast [data-undo]").wait_for()
    save(other, is_told=False)

    expect(other.locator(".toast.bad")).to_contain_text("Alguien cambió esta cita")
    assert times_of(mine, booking_id) == (start + timedelta(minutes=15), minutes)
    shown = visit_of(one, booking_id).locator(".brief").text_content() or ""
    expect(visit_of(other, booking_id).locator(".brief")).to_have_text(shown)


def test_without_a_connection_nothing_is_lost(houses, open_workspace):
    mine, _ = houses
    booking_id, on = book_at(mine, "Hugo Medina", 4)
    start, minutes = times_of(mine, booking_id)
    page = open_board(open_workspace, mine, on)
    visit = visit_of(page, booking_id)
    shown = visit.locator(".brief").text_content() or ""
    page.context.route("**/workspace/bookings/*/move/", lambda route: route.abort("internetdisconnected"))
    page.context.route("**/workspace/bookings/*/fit/**", lambda route: route.abort("internetdisconnected"))

    visit.focus()
    for key in ("m", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".toast.bad")).to_contain_text("Sin conexión")
    expect(visit.locator(".brief")).to_have_text(shown)
    expect(page.locator("#board .visit.busy")).to_have_count(0)
    page.context.unroute_all()
    drawings = count_drawings(page)
    visit.focus()
    for key in ("m", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    save(page, is_told=False)
    wait_for_drawing(page, drawings)

    assert times_of(mine, booking_id) == (start + timedelta(minutes=15), minutes)
    expect(page.locator("#live")).to_have_class(re.compile("is-on"))
