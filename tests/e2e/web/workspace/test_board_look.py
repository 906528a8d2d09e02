"""How the board looks: whole lines, legible states, and what is chosen, also in forced colors."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from scheduling.enums import ACTIVE_STATUSES
from scheduling.models import Allocation, Booking
from scheduling.selectors.bookings.views import get_booking
from tenants.context import tenant_scope
from tests.e2e.web.workspace.test_board import FREE_PLACE, check_axe
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


@pytest.mark.parametrize("zoom", [100, 200])
def test_blocks_show_whole_lines_and_the_vehicle_first(house, open_workspace, zoom):
    on = fill_day(house)
    page = open_workspace(house, f"/workspace/?date={on}")
    page.evaluate("zoom => document.documentElement.style.fontSize = `${zoom}%`", zoom)

    found = page.evaluate(LINES)

    assert [each["minutes"] for each in found] == list(MINUTES)
    for each in found:
        assert each["lines"] == int(each["lines"]) >= 1, each
        assert each["isInside"], each
        assert each["plateLines"] <= 1, each
        assert each["isVehicleFirst"], each
    if zoom == 100:
        assert [each["lines"] for each in found][2:] != [1] * 6


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "view"), [(1440, "day"), (1440, "list"), (390, "day")])
def test_every_state_is_legible(house, open_workspace, scheme, width, view):
    statuses = [str(status) for status in ACTIVE_STATUSES]
    on = fill_day(house, [30] * len(statuses), statuses)

    page = open_workspace(
        house, f"/workspace/?date={on}&view={view}", viewport={"width": width, "height": 900}, color_scheme=scheme
    )

    assert page.locator("#board .visit").count() == len(statuses)
    assert check_axe(page) == []


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


@pytest.mark.parametrize("width", [1440, 390])
def test_forced_colors_show_what_is_chosen(house, open_workspace, width):
    on = fill_day(house)
    page = open_workspace(
        house, f"/workspace/?date={on}", viewport={"width": width, "height": 900}, forced_colors="active"
    )
    site = page.url.partition("/workspace")[0]
    found: dict[str, dict[str, int]] = {}
    for path in ("/workspace/?view=list", f"/workspace/bookings/new/?service=1&date={on}", "/workspace/services/1/"):
        page.goto(site + path)
        if page.locator(".slot input").count():
            page.locator(".slot input").first.check()
        found[path] = list_chosen(page)
    page.goto(f"{site}/workspace/?date={on}")
    meter = page.evaluate("""() => {
        const [track, bar] = [".meter", ".meter rect"].map((each) => getComputedStyle(document.querySelector(each)));
        return [track.borderStyle, bar.fill];
    }""")

    kinds = {kind for each in found.values() for kind in each}
    assert {"nav a", ".day-choice", ".slot", ".choice label"} <= kinds
    assert {path: same for path, same in found.items() if any(same.values())} == {}
    assert meter[0] == "solid"


PRINTED = """() => [...document.querySelectorAll("#board .visit")].filter((visit) => {
    const text = visit.querySelector(".text").getBoundingClientRect();
    return [".plate", ".contact"].some((part) => {
        const box = visit.querySelector(part).getBoundingClientRect();
        return !box.width || box.bottom > text.bottom + 1 || box.height > 20;
    });
}).map((visit) => visit.dataset.minutes)"""


@pytest.mark.parametrize(("paper", "pixels"), [("A4", (734, 1062)), ("Letter", (756, 996))])
@pytest.mark.parametrize("is_across", [True, False])
def test_day_is_one_sheet_with_phone_and_plate_in_each_block(house, open_workspace, paper, pixels, is_across):
    on = fill_day(house)
    page = open_workspace(house, f"/workspace/?date={on}")
    width, height = reversed(pixels) if is_across else pixels
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(media="print")

    missing = page.evaluate(PRINTED)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    head = page.locator(".printed").inner_text()
    sheet = page.pdf(format=paper, landscape=is_across)

    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
    assert missing == []
    assert house.name in head
    assert re.search(r"\d{1,2}:\d\d", head)


def test_long_day_and_all_columns_are_one_sheet_too(house, open_workspace):
    on = fill_day(house)
    with tenant_scope(house):
        last = Booking.objects.get(reference=f"LOOK{len(MINUTES) - 1}", is_active=True)
        ends_at = last.ends_at + timedelta(hours=8)
        Booking.objects.filter(pk=last.pk).update(ends_at=ends_at)
        Allocation.objects.filter(booking=last).update(ends_at=ends_at)
    page = open_workspace(house, f"/workspace/?date={on}&type=all")

    sheets = [page.pdf(format="A4", landscape=is_across) for is_across in (True, False)]

    assert [len(re.findall(rb"/Type\s*/Page\b", sheet)) for sheet in sheets] == [1, 1]


def test_list_on_paper_has_every_visit(house, open_workspace):
    on = fill_day(house, [30] * 14)
    page = open_workspace(house, f"/workspace/?date={on}&view=list")
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
    place = page.evaluate(FREE_PLACE)
    first, last = (int(page.get_attribute("#board", f"data-{end}")) for end in ("from", "to"))
    hint = page.locator(".place-hint")
    expect(hint).to_have_count(0)

    page.mouse.move(place["x"], place["y"])
    hour, minute = divmod(int((first + place["part"] * (last - first)) * 4) * 15, 60)
    expect(hint).to_have_text(f"+ {hour % 12 or 12}:{minute:02d}")
    page.locator("#board .visit").hover()
    expect(hint).to_have_count(0)


def test_arrows_lead_from_day_to_day(house, open_workspace):
    on = date.fromisoformat(fill_day(house, [30]))
    page = open_workspace(house, f"/workspace/?date={on}")
    seen = []

    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "j", "k"):
        page.keyboard.press(key)
        page.wait_for_load_state()
        page.wait_for_timeout(300)
        seen.append((date.fromisoformat(page.get_attribute("#board", "data-date")) - on).days)
    page.goto(page.url.partition("?")[0] + f"?date={on}")
    page.locator("#board .visit").first.focus()
    page.keyboard.press("ArrowRight")
    page.locator("#find-booking").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)

    assert seen == [1, 2, 1, 2, 1]
    assert page.get_attribute("#board", "data-date") == on.isoformat()
