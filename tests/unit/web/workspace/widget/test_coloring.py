"""Colors in code that is pasted: they add nothing to it and take nothing away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.workspace.widget.coloring import Piece, color_code
from web.workspace.widget.snippets import PLACES, Look, make_snippet


def test_tags_and_values_have_a_color():
    assert color_code('<a href="x">Book it</a>', is_script=False) == (
        Piece("<a", "tag"),
        Piece(" href="),
        Piece('"x"', "value"),
        Piece(">", "tag"),
        Piece("Book it"),
        Piece("</a", "tag"),
        Piece(">", "tag"),
    )


def test_words_of_a_script_have_the_color_of_tags_and_arrows_none():
    assert color_code('const f = () => "a \\" b";', is_script=True) == (
        Piece("const", "tag"),
        Piece(" f = () => "),
        Piece('"a \\" b"', "value"),
        Piece(";"),
    )
    assert color_code("const", is_script=False) == (Piece("const"),)


@pytest.mark.parametrize("place", PLACES)
@given(label=st.text(max_size=60))
def test_the_pieces_are_the_code(place, label):
    code = make_snippet(Look(mode="button", label=label), place, "https://taller.example").code

    pieces = color_code(code, is_script=place == "react")

    assert "".join(each.text for each in pieces) == code
