"""How the board looks: whole lines, legible states, and what is chosen, also in forced colors."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from scheduling.enums import ACTIVE_STATUSES
from scheduling.models import Allocation, Booking
from scheduling.selectors.bookings.views import get_booking
from tenants.context import tenant_scope
from tests.e2e.sight import DESK, PHONE, check_everywhere, resize
from tests.e2e.web.workspace.conftest import count_drawings, wait_for_drawing, wait_until_live
from tests.e2e.web.workspace.test_board import FREE_PLACE, lift
from tests.integration.web.workspace.conftest import book, local_day

pytestmark = pytest.mark.e2e
MINUTES = (15, 20, 30, 40, 45, 60, 75, 120)


@pytest.fixture
def house(houses, django_db_blocker):
    with django_db_blocker.unblock():
        yield houses[0]
        with tenant_scope(houses[0]):
            Allocation.objects.all().delete()
            Booking.objects.update(is_active=False, status="cancelled", hold_expires_at=None)


def fill_day(house, minutes=MINUTES, statuses=("confirmed",)) -> str:
    """Put one visit of each length on one day, with what is long in it, and return the day."""
    with tenant_scope(house):
        booked = book("Ana Torres")
        first = Booking.objects.get(pk=booked.booking_id)
        row = Allocation.objects.filter(booking=first, resource__resource_type__is_person=True).first()
        timezone = get_booking(booking_id=first.pk).timezone
        starts_at = first.starts_at
        Allocation.objects.exclude(pk=row.pk).delete()
        for number, length in enumerate(minutes):
            ends_at = starts_at + timedelta(minutes=length)
            if number:
                first.pk, row.pk = None, None
                first.reference = f"LOOK{number}"
                first._state.adding = row._state.adding = True
            first.status = statuses[number % len(statuses)]
            first.hold_expires_at = ends_at if first.status in {"held", "pending_payment", "pending_approval"} else None
            first.starts_at, first.ends_at = starts_at, ends_at
            first.customer_name = "Alejandra de la Concepción Fernández"
            first.asset_label = "Volkswagen Caribe 1985"
            first.asset_data = {"plate": "ABC-123-D"}
            first.save()
            row.booking, row.starts_at, row.ends_at = first, starts_at, ends_at
            row.hold_expires_at = first.hold_expires_at
            row.save()
            starts_at = ends_at
        return local_day(first.starts_at, timezone).isoformat()


LINES = """() => [...document.querySelectorAll("#board .visit")].map((visit) => {
    const inside = visit.querySelector(".text").getBoundingClientRect(), block = visit.getBoundingClientRect();
    const line = parseFloat(getComputedStyle(visit).lineHeight), plate = visit.querySelector(".plate");
    const about = visit.querySelector(".about").innerText;
    return {
        minutes: Number(visit.dataset.minutes),
        lines: Math.round(inside.height / line * 100) / 100,
        isInside: inside.bottom <= block.bottom && inside.top >= block.top,
        plateLines: plate.getClientRects().length,
        isVehicleFirst: about.indexOf("Volkswagen") < about.indexOf(visit.querySelector(".what").innerText),
    };
})"""


def test_blocks_show_whole_lines_and_the_vehicle_first(house, open_workspace):
    on = fill_day(house)
    page = open_workspace(house, f"/workspace/?date={on}")
    wait_until_live(page)
    page.evaluate("document.fonts.ready")

    for zoom in (100, 200):
        page.evaluate("zoom => { document.documentElement.style.fontSize = `${zoom}%`; }", zoom)
        found = page.evaluate(LINES)

        assert [each["minutes"] for each in found] == list(MINUTES)
        for each in found:
            assert each["lines"] == int(each["lines"]) >= 1, each
            assert each["isInside"], each
            assert each["plateLines"] <= 1, each
            assert each["isVehicleFirst"], each
        if zoom == 100:
            assert [each["lines"] for each in found][2:] != [1] * 6


def test_every_state_is_legible(house, open_workspace):
    statuses = [str(status) for status in ACTIVE_STATUSES]
    on = fill_day(house, [30] * len(statuses), statuses)
    page = open_workspace(house, f"/workspace/?date={on}")
    site, found = page.url.partition("/workspace")[0], {}

    for view, sizes in {"day": (DESK, PHONE), "list": (DESK,)}.items():
        page.goto(f"{site}/workspace/?date={on}&view={view}")
        wait_until_live(page)
        expect(page.locator("#board .visit")).to_have_count(len(statuses))
        found[view] = check_everywhere(page, *sizes)

    assert found == {"day": [], "list": []}


CHOSEN = """() => {
    const look = (box) => {
        const of = getComputedStyle(box);
        return [of.backgroundColor, of.color, of.outlineStyle + of.outlineWidth, of.borderColor].join();
    };
    const isShown = (box) => box.getBoundingClientRect().width > 1;
    const isChosen = (box) => (box.getAttribute("aria-current") ?? "false") !== "false"
        || box.getAttribute("aria-pressed") === "true" || box.matches(":has(> input:checked)");
    const groups = ["nav a", ".chip", ".choice label", ".segments label", ".slot",
        ".day-choice", ".tabs a", ".bar > .button"];
    const found = {};
    for (const group of groups) {
        const all = [...document.querySelectorAll(group)].filter(isShown);
        const chosen = all.filter(isChosen), others = all.filter((box) => !isChosen(box));
        const same = chosen.filter((box) => others.some((other) => look(other) === look(box)));
        if (chosen.length && others.length) found[group] = same.length;
    }
    return found;
}"""


def list_chosen(page: Page) -> dict[str, int]:
    """Return, by kind of control, how many chosen ones look like those that are not."""
    return page.evaluate(CHOSEN)


def test_forced_colors_show_what_is_chosen(house, open_workspace):
    on = fill_day(house)
    page = open_workspace(house, f"/workspace/?date={on}", forced_colors="active")
    wait_until_live(page)
    meter = page.evaluate("""() => {
        const [track, bar] = [".meter", ".meter rect"].map((each) => getComputedStyle(document.querySelector(each)));
        return [track.borderStyle, bar.fill];
    }""")
    site = page.url.partition("/workspace")[0]
    found: dict[tuple[str, int], dict[str, int]] = {}
    for path in ("/workspace/?view=list", f"/workspace/bookings/new/?service=1&date={on}", "/workspace/services/1/"):
        page.goto(site + path)
        if page.locator(".slot input").count():
            page.locator(".slot input").first.check()
        for size in (DESK, PHONE):
            resize(page, size)
            found[path, size["width"]] = list_chosen(page)

    for width in (1440, 390):
        kinds = {kind for (_, shown), each in found.items() if shown == width for kind in each}
        assert {"nav a", ".day-choice", ".slot", ".choice label"} <= kinds
    assert {path: same for path, same in found.items() if any(same.values())} == {}
    assert meter[0] == "solid"


PAPERS = {"A4": (734, 1062), "Letter": (756, 996)}
"""What the margins leave, in pixels."""
PRINTED = """() => [...document.querySelectorAll("#board .visit")].filter((visit) => {
    const text = visit.querySelector(".text").getBoundingClientRect();
    return [".plate", ".contact"].some((part) => {
        const box = visit.querySelector(part).getBoundingClientRect();
        return !box.width || box.bottom > text.bottom + 1 || box.height > 20;
    });
}).map((visit) => visit.dataset.minutes)"""


def test_day_is_one_sheet_with_phone_and_plate_in_each_block(house, open_workspace):
    on = fill_day(house)
    page = open_workspace(house, f"/workspace/?date={on}")
    wait_until_live(page)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    found = {}

    for paper, pixels in PAPERS.items():
        for is_across in (True, False):
            width, height = reversed(pixels) if is_across else pixels
            resize(page, {"width": width, "height": height})
            missing = page.evaluate(PRINTED)
            sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper, landscape=is_across)))
            found[paper, is_across] = (sheets, missing)

    assert found == dict.fromkeys(found, (1, []))
    expect(page.locator(".printed")).to_contain_text(house.name)
    expect(page.locator(".printed")).to_contain_text(re.compile(r"\d{1,2}:\d\d"))


def test_long_day_and_all_columns_are_one_sheet_too(house, open_workspace):
    on = fill_day(house)
    with tenant_scope(house):
        last = Booking.objects.get(reference=f"LOOK{len(MINUTES) - 1}", is_active=True)
        ends_at = last.ends_at + timedelta(hours=8)
        Booking.objects.filter(pk=last.pk).update(ends_at=ends_at)
        Allocation.objects.filter(booking=last).update(ends_at=ends_at)
    page = open_workspace(house, f"/workspace/?date={on}&type=all")
    wait_until_live(page)

    sheets = [page.pdf(format="A4", landscape=is_across) for is_across in (True, False)]

    assert [len(re.findall(rb"/Type\s*/Page\b", sheet)) for sheet in sheets] == [1, 1]


def test_list_on_paper_has_every_visit(house, open_workspace):
    on = fill_day(house, [30] * 14)
    page = open_workspace(house, f"/workspace/?date={on}&view=list")
    wait_until_live(page)
    page.emulate_media(media="print")

    cut = page.evaluate("""() => {
        const board = document.querySelector("#board");
        return [getComputedStyle(board).overflowY, board.scrollHeight - board.clientHeight];
    }""")

    assert cut == ["visible", 0]
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) > 1


def test_empty_place_says_what_a_click_books(house, open_workspace):
    on = fill_day(house, [30])
    page = open_workspace(house, f"/workspace/?date={on}")
    wait_until_live(page)
    place = page.evaluate(FREE_PLACE)
    first, last = (int(page.get_attribute("#board", f"data-{end}")) for end in ("from", "to"))
    hint = page.locator(".place-hint")
    expect(hint).to_have_count(0)

    page.mouse.move(place["x"], place["y"])
    hour, minute = divmod(int((first + place["part"] * (last - first)) * 4) * 15, 60)
    expect(hint).to_have_text(f"+ {hour % 12 or 12}:{minute:02d}")
    page.locator("#board .visit").hover()
    expect(hint).to_have_count(0)


def test_what_was_asked_before_a_visit_is_dragged_leaves_it_in_the_hand(house, open_workspace):
    on = fill_day(house, [30])
    page = open_workspace(house, f"/workspace/?date={on}")
    wait_until_live(page)
    waiting: list[Route] = []

    def hold_back(route: Route) -> None:
        is_early = not waiting and "hx-request" in route.request.headers
        waiting.append(route) if is_early else route.continue_()

    page.route("**/workspace/**", hold_back)
    page.evaluate("htmx.trigger(document.body, 'board:refresh')")
    page.wait_for_function("() => document.querySelector('main.day.htmx-request')")
    lift(page, 60)
    drawings = count_drawings(page)
    for route in waiting:
        route.continue_()
    page.wait_for_function("() => !document.querySelector('main.day.htmx-request')")

    expect(page.locator("#board .visit.dragged")).to_have_count(1)
    assert count_drawings(page) == drawings
    page.keyboard.press("Escape")
    page.mouse.up()
    wait_for_drawing(page, drawings)
    expect(page.locator("#board .visit.dragged")).to_have_count(0)


def test_arrows_lead_from_day_to_day(house, open_workspace):
    on = date.fromisoformat(fill_day(house, [30]))
    page = open_workspace(house, f"/workspace/?date={on}")
    board = page.locator("#board")

    for key, day in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("j", 2), ("k", 1), ("ArrowLeft", 0)):
        page.keyboard.press(key)
        expect(board).to_have_attribute("data-date", (on + timedelta(days=day)).isoformat())
        wait_until_live(page)
    page.locator("#board .visit").first.focus()
    page.keyboard.press("ArrowRight")
    page.locator("#find-booking").focus()
    page.keyboard.press("ArrowRight")
    page.locator("#find-booking").blur()
    page.keyboard.press("ArrowRight")

    expect(board).to_have_attribute("data-date", (on + timedelta(days=1)).isoformat())
