"""What texts are compared, sorted and searched by."""

from __future__ import annotations

import pytest

from kernel.identity.keys import fold_letters


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ñandú", "nandu"),
        ("ÁRBOL", "arbol"),
        ("ﬁn", "fin"),
        ("O'Connor", "oconnor"),
        ("D’Angelo", "dangelo"),
        ("Straße", "strasse"),
        ("Łódź Ørsted", "lodz orsted"),
        ("٣ Ｂ", "3 b"),
        (" Port-au-Prince ", " port-au-prince "),
    ],
)
def test_folded_letters_have_no_accents_and_keep_blanks_and_signs(text, folded):
    assert fold_letters(text) == folded
