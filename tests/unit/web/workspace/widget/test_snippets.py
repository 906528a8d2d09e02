"""The code that owners paste: whole, and nothing in it that a site would read as something else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from web.workspace.widget.snippets import PLACES, Look, Snippet, make_frame_url, make_snippet

ORIGIN = "https://taller.turnero.example"


def test_plain_code_keeps_room_and_a_link_without_scripts():
    assert make_snippet(Look(label="Reservar"), "html", ORIGIN) == Snippet(
        '<script src="https://taller.turnero.example/embed.js" async></script>\n'
        '<turnero-widget style="display:block;min-height:460px">\n'
        '  <a href="https://taller.turnero.example/">Reservar</a>\n'
        "</turnero-widget>"
    )


def test_everything_that_was_chosen_stands_in_attributes():
    look = Look(
        mode="floating",
        service="7",
        resource="3",
        location="2",
        locale="en",
        theme="dark",
        label='Book "now" <b>&',
        accent="#c2410c",
    )

    assert make_snippet(look, "wordpress", ORIGIN).code.splitlines()[1:3] == [
        (
            '<turnero-widget mode="floating" service="7" resource="3" location="2" locale="en" theme="dark"'
            ' style="--turnero-accent:#c2410c">'
        ),
        '  <a href="https://taller.turnero.example/">Book &quot;now&quot; &lt;b&gt;&amp;</a>',
    ]


def test_a_strict_site_gets_a_rule_and_no_attribute():
    assert make_snippet(Look(label="Reservar", is_strict=True), "html", ORIGIN) == Snippet(
        code='<script src="https://taller.turnero.example/embed.js" async></script>\n'
        "<turnero-widget>\n"
        '  <a href="https://taller.turnero.example/">Reservar</a>\n'
        "</turnero-widget>",
        style="turnero-widget { display: block; min-height: 460px }",
        policy="script-src https://taller.turnero.example; frame-src https://taller.turnero.example",
    )
    assert make_snippet(Look(mode="popup", is_strict=True), "html", ORIGIN).style == ""


@pytest.mark.parametrize("mode", ["button", "floating"])
def test_the_button_has_the_color_of_the_business_and_letters_that_are_read_on_it(mode):
    yellow = Look(mode=mode, accent="#ffd400")

    assert 'style="--turnero-accent:#ffd400;--turnero-on-accent:#101720">' in make_snippet(yellow, "html", ORIGIN).code
    strict = make_snippet(replace(yellow, is_strict=True), "html", ORIGIN)
    assert strict.style == "turnero-widget { --turnero-accent: #ffd400; --turnero-on-accent: #101720 }"
    assert "style" not in strict.code
    assert (
        'style={{ "--turnero-accent": "#ffd400", "--turnero-on-accent": "#101720" }}>'
        in make_snippet(yellow, "react", ORIGIN).code
    )


def test_wix_takes_the_address_of_the_frame():
    look = Look(service="7", locale="es", theme="dark")

    assert make_snippet(look, "wix", ORIGIN) == Snippet(f"{ORIGIN}/embed/~es.dark/?service=7")
    assert make_snippet(Look(mode="popup", label="x"), "wix", ORIGIN).code.startswith("<script ")
    chosen = Look(location="2", service="7", resource="3")
    assert make_frame_url(chosen, ORIGIN) == f"{ORIGIN}/embed/?service=7&resource=3&location=2"
    assert make_frame_url(Look(), ORIGIN) == f"{ORIGIN}/embed/"


def test_react_gets_a_component():
    code = make_snippet(Look(locale="es", label='Reserva "ya" {hoy}'), "react", ORIGIN).code

    assert 'const src = "https://taller.turnero.example/embed.js";' in code
    assert '<turnero-widget locale={"es"} style={{ display: "block", minHeight: "460px" }}>' in code
    assert '<a href="https://taller.turnero.example/">{"Reserva \\"ya\\" {hoy}"}</a>' in code
    assert "style" not in make_snippet(Look(is_strict=True), "react", ORIGIN).code


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("mode", ["inline", "popup", "button", "floating"])
def test_every_place_names_where_the_business_answers(place, mode):
    assert ORIGIN in make_snippet(Look(mode=mode, label="x"), place, ORIGIN).code
