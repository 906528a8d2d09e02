"""The widget in somebody else's page, in a real Chromium with two origins."""

from __future__ import annotations

import re
import secrets

import pytest
from playwright.sync_api import Error, FrameLocator, Page, expect

from scheduling.models import Booking, Service
from tenants.context import tenant_scope
from tests.e2e.sight import DESK, PHONE
from tests.e2e.web.widget.conftest import SITE, STRANGE

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]

SHADOW = "document.querySelector('turnero-widget').shadowRoot"
LISTEN = """() => {
    window.heard = [];
    window.shifts = 0;
    for (const type of ["ready", "open", "close", "step", "booked", "rescheduled", "cancelled", "error"])
        addEventListener(`turnero:${type}`, ({ detail }) => heard.push([type, detail ?? null]));
    new PerformanceObserver((list) => {
        for (const each of list.getEntries()) if (!each.hadRecentInput) shifts += each.value;
    }).observe({ type: "layout-shift", buffered: true });
}"""


@pytest.fixture
def visit(open_page, site, ours):
    """Open a page of the site with a widget in it."""

    def visit_(body: str = "", *, attributes: str = "", at: str = SITE, **options: object) -> Page:
        site.add(f'<script src="{ours}/embed.js" async></script>{body}', attributes=attributes)
        page = open_page(**options)
        page.add_init_script(f"({LISTEN})()")
        page.goto(f"{at}/")
        return page

    return visit_


def get_frame(page: Page, widget: str = "turnero-widget") -> FrameLocator:
    return page.frame_locator(f"{widget} iframe")


def book(frame: FrameLocator) -> None:
    """From the services to the confirmation."""
    tell_visit(frame)
    expect(frame.locator("h1")).to_have_text("Cita confirmada")


def tell_visit(frame: FrameLocator, *, is_chosen: bool = False) -> None:
    """From the services, or from the one that is chosen already, to the page of the booking."""
    if not is_chosen:
        frame.locator(".pick").first.click()
    frame.locator('[name="asset.make"]').fill("nissan")
    frame.locator('[name="asset.model"]').fill("Versa")
    if not frame.locator('[name="asset.plate"]').input_value():
        frame.locator('[name="asset.plate"]').fill("nxp 482 a")
    frame.locator(".booking-foot .button.primary").click()
    frame.locator(".row.between a[href*='on=']").first.click()
    expect(frame.locator("a.date").last).to_be_visible()
    frame.locator("a.date").last.click()
    expect(frame.locator("a.date").last).to_have_attribute("aria-current", "date")
    frame.locator("button.slot").first.click()
    if not frame.locator("[name=name]").input_value():
        frame.locator("[name=name]").fill("Laura Jiménez")
    frame.locator("[name=phone]").fill(f"55 12{secrets.randbelow(90) + 10} {secrets.randbelow(9000) + 1000}")
    frame.locator(".booking-foot .button.primary").click()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_whole_booking_under_a_strict_policy_without_cookies(visit, site, ours, shop, complaints, size):
    site.policy = f"default-src 'none'; script-src {ours}; style-src 'self'; frame-src {ours}; img-src data:"
    page = visit('<turnero-widget><a href="#">Reservar</a></turnero-widget><p>Después</p>', viewport=size)
    frame = get_frame(page)
    expect(frame.locator("h1")).to_have_text("¿Qué necesita tu auto?")
    expect(page.locator("turnero-widget .cover")).to_be_hidden()
    book(frame)
    page.wait_for_function("heard.some(([type]) => type === 'booked')")

    with tenant_scope(shop):
        booking = Booking.objects.latest("pk")
    heard = page.evaluate("heard")
    assert [type_ for type_, _ in heard] == ["ready", "step", "step", "step", "step", "booked"]
    assert [facts["step"] for type_, facts in heard if type_ == "step"] == ["service", "visit", "time", "details"]
    assert heard[-1][1] == {
        "reference": booking.reference,
        "starts_at": booking.starts_at.isoformat(),
        "service": str(booking.service_id),
        "status": "confirmed",
    }
    assert booking.source == "widget"
    assert complaints == []
    assert page.context.cookies() == []
    # The browser refuses the frame any storage, and the site's own holds nothing of ours.
    with pytest.raises(Error, match="Access is denied"):
        page.frames[1].evaluate("sessionStorage.length + localStorage.length")
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert page.evaluate("shifts") <= 0.05


def test_prefilled_fields_reach_the_frame_and_no_event(visit, shop, complaints):
    page = visit(
        '<turnero-widget prefill-name="Ana Ruiz" prefill-phone="5512345678" prefill-email="ana@host.example"'
        ' prefill-asset-plate="XYZ 123 B" prefill-nonsense="x"></turnero-widget>'
    )
    frame = get_frame(page)
    frame.locator(".pick").first.click()
    expect(frame.locator('[name="asset.plate"]')).to_have_value(re.compile("XYZ"))  # it comes a moment after the page
    tell_visit(frame, is_chosen=True)
    expect(frame.locator("h1")).to_have_text("Cita confirmada")

    assert "Ana" not in page.evaluate("JSON.stringify(heard)")
    assert "ana" not in page.evaluate(f"{SHADOW}.innerHTML").lower()
    with tenant_scope(shop):
        booking = Booking.objects.latest("pk")
    assert (booking.customer_name, booking.customer_email) == ("Ana Ruiz", "ana@host.example")
    assert booking.asset_data["plate"].replace("-", "").replace(" ", "") == "XYZ123B"
    assert complaints == []


def test_what_is_preselected_is_not_asked(visit, shop):
    with tenant_scope(shop):
        service = Service.objects.order_by("position", "pk").first()
    page = visit(f'<turnero-widget service="{service.pk}" locale="en-GB"></turnero-widget>')

    expect(get_frame(page).locator('[name="asset.make"]')).to_be_visible()
    expect(get_frame(page).locator("html")).to_have_attribute("lang", "en")


def test_taken_out_and_put_back_there_is_one_frame_that_works(visit, ours):
    page = visit('<div id="a"><turnero-widget></turnero-widget></div><div id="b"></div>')
    expect(get_frame(page).locator(".pick").first).to_be_visible()

    page.evaluate("window.kept = document.querySelector('turnero-widget'); kept.remove()")
    page.evaluate("document.querySelector('#b').append(kept)")
    expect(get_frame(page).locator(".pick").first).to_be_visible()
    expect(page.locator("turnero-widget .cover")).to_be_hidden()
    page.evaluate(
        """(src) => {
            document.head.append(Object.assign(document.createElement("script"), { src }));
            document.querySelector("#b").innerHTML = "";
            document.querySelector("#a").innerHTML = "<turnero-widget></turnero-widget>";
        }""",
        f"{ours}/embed.js",
    )
    expect(get_frame(page).locator(".pick").first).to_be_visible()
    assert (page.locator("turnero-widget iframe").count(), len(page.frames)) == (1, 2)


def test_two_widgets_mind_their_own_business(visit):
    page = visit('<turnero-widget id="one"></turnero-widget><turnero-widget id="two" locale="en"></turnero-widget>')
    one, two = get_frame(page, "#one"), get_frame(page, "#two")
    one.locator(".pick").first.click()

    expect(one.locator('[name="asset.make"]')).to_be_visible()
    expect(two.locator("h1")).to_have_text("What does your car need?")
    steps = "heard.filter(([type]) => type === 'step').length"
    assert page.evaluate(steps) == 3


def test_forged_messages_are_ignored(visit):
    page = visit('<turnero-widget></turnero-widget><iframe srcdoc="<p>x</p>" id="bad"></iframe>')
    expect(get_frame(page).locator(".pick").first).to_be_visible()
    page.wait_for_function("heard.length === 2")
    page.wait_for_function(f"{SHADOW}.querySelector('iframe').offsetHeight > 470")
    height = page.locator("turnero-widget iframe").evaluate("frame => frame.offsetHeight")

    page.evaluate(
        """() => {
            const bad = { turnero: 1, type: "booked", reference: "X" };
            postMessage(bad, "*");
            postMessage({ turnero: 1, type: "height", height: 3999 }, "*");
            for (const type of ["booked", "height", "close"])
                document.querySelector("#bad").contentWindow.eval(
                    `parent.postMessage({ turnero: 1, type: "${type}", height: 3999 }, "*")`);
        }"""
    )
    page.wait_for_timeout(300)

    assert [type_ for type_, _ in page.evaluate("heard")] == ["ready", "step"]
    assert page.locator("turnero-widget iframe").evaluate("frame => frame.offsetHeight") == height


def test_a_site_that_is_not_listed_gets_a_link_and_an_error(visit, ours):
    page = visit('<turnero-widget locale="es"></turnero-widget>', at=STRANGE)

    link = page.locator("turnero-widget .cover a")
    expect(link).to_have_text("Abrir en otra pestaña")
    assert (link.get_attribute("href"), link.get_attribute("target")) == (f"{ours}/", "_blank")
    assert page.evaluate("heard") == [["error", {"code": "unavailable"}]]


def test_a_policy_without_our_frames_says_so(visit, site, ours):
    site.policy = f"script-src {ours}; frame-src 'none'"
    page = visit("<turnero-widget></turnero-widget>")

    expect(page.locator("turnero-widget .cover a")).to_be_visible()
    assert page.evaluate("heard") == [["error", {"code": "blocked"}]]


@pytest.mark.parametrize("mode", ["popup", "button", "floating"])
def test_a_window_loads_when_it_is_opened_and_escape_closes_it(visit, mode, complaints):
    page = visit(f'<turnero-widget mode="{mode}" label="Agendar"><a href="#no">Reservar</a></turnero-widget>')
    opener = page.locator("turnero-widget a" if mode == "popup" else "turnero-widget button.open")
    expect(opener).to_have_text("Reservar" if mode == "popup" else "Agendar")
    assert len(page.frames) == 1

    opener.click()
    frame = get_frame(page)
    frame.locator(".pick").first.click()
    expect(frame.locator('[name="asset.make"]')).to_be_visible()
    page.wait_for_function("heard.length === 4")
    frame.locator('[name="asset.make"]').press("Escape")

    expect(page.locator("turnero-widget dialog")).to_be_hidden()
    assert page.evaluate("heard.map(([type]) => type)") == ["open", "ready", "step", "step", "close"]
    expect(opener).to_be_focused()
    opener.click()
    expect(frame.locator('[name="asset.make"]')).to_be_visible()
    page.locator("turnero-widget button.close").click()
    expect(page.locator("turnero-widget dialog")).to_be_hidden()
    assert (page.url, complaints) == (f"{SITE}/", [])


def test_any_element_opens_a_widget_and_so_does_a_program(visit):
    page = visit('<button data-turnero-open="#w">Abrir</button><turnero-widget id="w" mode="popup"></turnero-widget>')
    page.wait_for_function("!!customElements.get('turnero-widget')")
    page.click("text=Abrir")
    expect(get_frame(page).locator(".pick").first).to_be_visible()
    page.evaluate("document.querySelector('#w').close()")
    expect(page.locator("turnero-widget dialog")).to_be_hidden()
    page.evaluate("document.querySelector('#w').open()")
    expect(page.locator("turnero-widget dialog")).to_be_visible()


@pytest.mark.parametrize(
    ("attributes", "style"),
    [
        ('dir="rtl"', ""),
        ("", "color-scheme: dark; background: #111"),
        ("", "zoom: 1.5"),
        ("", "transform: scale(.8) rotate(1deg)"),
        ("", "display: grid; container-type: inline-size"),
    ],
    ids=["rtl", "dark", "zoom", "transform", "grid"],
)
def test_in_odd_pages_the_frame_is_as_high_as_its_content(visit, attributes, style):
    page = visit(f'<div style="{style}"><turnero-widget></turnero-widget></div>', attributes=attributes)
    frame = get_frame(page)
    expect(frame.locator(".pick").first).to_be_visible()
    high = "document.documentElement.scrollHeight <= innerHeight + 1 && document.body.offsetHeight >= innerHeight - 3"
    page.frames[1].wait_for_function(high)
    before = page.locator("turnero-widget iframe").evaluate("frame => frame.style.blockSize")
    page.wait_for_timeout(500)

    assert page.locator("turnero-widget iframe").evaluate("frame => frame.style.blockSize") == before
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") or "zoom" in style


def test_names_in_the_page_stand_in_nobody_s_place(visit, site, ours):
    page = visit(
        f'<img name="currentScript" src="{STRANGE}/x.png" alt=""><form name="currentScript" action="{STRANGE}/"></form>'
        f'<form lang="en"><input name="lang" value="es"><script src="{ours}/embed.js"></script>'
        "<turnero-widget></turnero-widget></form>"
    )

    expect(get_frame(page).locator("html")).to_have_attribute("lang", "en")
    assert page.locator("turnero-widget iframe").get_attribute("src") == f"{ours}/embed/~en/"


def test_an_app_that_changes_its_pages_without_loading_them_keeps_working(visit):
    page = visit('<div id="app"><turnero-widget></turnero-widget></div>')
    expect(get_frame(page).locator(".pick").first).to_be_visible()

    for at in ("/a", "/b"):
        page.evaluate(
            """(at) => {
                history.pushState({}, "", at);
                document.querySelector("#app").replaceChildren();
                document.querySelector("#app").replaceChildren(document.createElement("turnero-widget"));
            }""",
            at,
        )
    expect(get_frame(page).locator(".pick").first).to_be_visible()
    get_frame(page).locator(".pick").first.click()
    expect(get_frame(page).locator('[name="asset.make"]')).to_be_visible()

    assert (page.url, len(page.frames)) == (f"{SITE}/b", 2)
    page.evaluate("history.back()")
    expect(get_frame(page).locator(".pick").first).to_be_visible()


HOSTILE = """"><script>parent.hacked=1</script><img src=x onerror="parent.hacked=1">'"""


def test_hostile_prefill_is_only_text(visit, complaints):
    page = visit("")
    page.wait_for_function("!!customElements.get('turnero-widget')")
    page.evaluate(
        """(text) => {
            const widget = document.createElement("turnero-widget");
            for (const name of ["name", "email", "note", "phone", "asset-plate", "asset-model", "asset-make"])
                widget.setAttribute(`prefill-${name}`, text);
            widget.setAttribute("prefill-asset-__proto__", text);
            widget.setAttribute("prefill-asset-constructor", text);
            document.querySelector("main").append(widget);
        }""",
        HOSTILE,
    )
    frame = get_frame(page)
    frame.locator(".pick").first.click()

    expect(frame.locator('[name="asset.model"]')).to_have_value(HOSTILE)
    assert page.frames[1].evaluate("[window.hacked, document.querySelectorAll('img[src=x]').length]") == [None, 0]
    assert page.evaluate("window.hacked") is None
    assert "hacked" not in page.frames[1].url
    assert complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_is_the_page_s_choice(visit, theme):
    other = "dark" if theme == "light" else "light"
    page = visit(f'<turnero-widget theme="{theme}"></turnero-widget>', color_scheme=other)
    frame = get_frame(page)
    expect(frame.locator("html")).to_have_attribute("data-theme", theme)

    color = frame.locator(".booking").evaluate("each => getComputedStyle(each).backgroundColor")
    assert color == {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 28, 36)"}[theme]


def test_odd_attributes_are_named_and_change_nothing(visit):
    said: list[str] = []
    page = visit("")
    page.on("console", lambda line: said.append(line.text))
    page.wait_for_function("!!customElements.get('turnero-widget')")
    page.evaluate(
        """document.querySelector("main").insertAdjacentHTML("beforeend",
        '<turnero-widget mode="huge" locale="klingon" theme="pink" servico="3" src="javascript:1"></turnero-widget>')"""
    )
    expect(get_frame(page).locator(".pick").first).to_be_visible()

    told = "\n".join(dict.fromkeys(said))
    for text in ('attribute "servico"', 'mode="huge"', 'locale="klingon"', 'theme="pink"', 'src="javascript:1"'):
        assert text in told


def test_another_business_is_shown_by_its_address(visit, site, ours, workshop):
    page = visit(f'<turnero-widget src="http://{workshop.primary_host.partition(":")[0]}/x"></turnero-widget>')

    expect(page.locator("turnero-widget .cover a")).to_be_visible()  # its owner has not listed this site
    assert (
        page.locator("turnero-widget iframe")
        .get_attribute("src")
        .startswith(f"http://{workshop.primary_host.partition(':')[0]}/embed/~es/")
    )


def test_what_leads_elsewhere_opens_beside_the_page(visit):
    page = visit("<turnero-widget></turnero-widget>")
    frame = get_frame(page)
    expect(frame.locator(".pick").first).to_be_visible()
    frame.locator("main").evaluate("""main => main.insertAdjacentHTML("beforeend", '<a href="/brand.css">fuera</a>')""")

    with page.context.expect_page() as opened:
        frame.locator("text=fuera").click()

    assert re.search(r"/brand\.css$", opened.value.url)
    expect(frame.locator(".pick").first).to_be_visible()
