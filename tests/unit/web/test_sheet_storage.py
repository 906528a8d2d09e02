from __future__ import annotations

import pytest

from web.sheet_storage import minify
from web.sheets import name_set, parse_sheets


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("/* what */\n.a {\n\tcolor: red;\n}\n", ".a{color: red}"),
        (".a :is(b, i) { margin: 0 ; }", ".a :is(b, i){margin: 0}"),
        ('.a:is(b) .c::before { content: " { /* ; */ } "; }', '.a:is(b) .c::before{content: " { /* ; */ } "}'),
        (".a::after { content: 'it\\'s  {'; }", ".a::after{content: 'it\\'s  {'}"),
        (".a { width: calc(1px\n\t+ 2px); } /* a * b ** */ .b { top: 0; }", ".a{width: calc(1px + 2px)}.b{top: 0}"),
        (".a { background: url(\"d='1' \\\n  e='2'\")\n\t  0; }", ".a{background: url(\"d='1' \\\n  e='2'\") 0}"),
        ("@layer a, b;\n@media print {\n\t.a { top: 0; }\n}", "@layer a, b;@media print{.a{top: 0}}"),
    ],
)
def test_space_goes_where_it_means_nothing(text, left):
    assert minify(text) == left
    assert minify(left) == left


def test_a_sheet_may_be_for_a_medium():
    assert parse_sheets("board agenda@narrow") == [
        ("css/board.css", ""),
        ("css/agenda.css", "screen and (max-width: 720px)"),
    ]
    assert name_set("board agenda@narrow") == "css/board.agenda-narrow.css"


def test_a_medium_nobody_knows_is_refused():
    with pytest.raises(KeyError):
        parse_sheets("board@tv")
