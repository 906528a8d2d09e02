from __future__ import annotations

import pytest

from notifications.engine import segments
from notifications.engine.segments import count_segments, fold_text, is_plain, pick_text, shorten_words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Peluquería Núñez: mañana a las 9, ¿vienes? ¡Sí!", "Peluqueria Nuñez: mañana a las 9, ¿vienes? ¡Si!"),
        ("Año, pingüino, café, perché, là, lì, lò, lù", "Año, pingüino, café, perché, là, lì, lò, lù"),
        ("Á É Í Ó Ú á é í ó ú", "A É I O U a é i o u"),
        ("“Hola” ‘tú’ «ya»", '"Hola" \'tu\' "ya"'),
        ("9–10 — sí… O’Connor", "9-10 - si... O'Connor"),
        ("9:00\u00a0a.m.\u202fhoy\u2009ya", "9:00 a.m. hoy ya"),
        ("Salón ✂️ Lola 💇‍♀️", "Salon Lola"),
        ("São João, çà", "Sao Joao, cà"),
        ("Œuvre, Łódź, n.º 1, 1ª", "OEuvre, Lodz, n.o 1, 1a"),
        ("$850 €20", "$850 €20"),
        ("Cafe\u0301 nin\u0303o", "Café niño"),
        ("Ünal, Åsa, Størm", "Ünal, Åsa, Størm"),
        ("mail@example.com_x", "mail@example.com_x"),
        ("x\u200b y", "x y"),
        ("Għajn, ŋ, Əliyev, Ħal, Ŀull, ŧ, ɓ", "Ghajn, n, Eliyev, Hal, L-ull, t, b"),
        ("₡5000, ₲ 9, 20 ¢, ₿1", "CRC 5000, PYG 9, 20 c, BTC 1"),
        ("A→B ± 2, ≤ 3, ≥4, √ 9, 4 ≠ 5", "A->B +- 2, <= 3, >=4, 9, 4 /= 5"),
        ("٣ ५ ３ ❷ ⅓ ⅞", "3 5 3 2 1/3 7/8"),
        ("【Oferta】「sí」‣ uno 、 dos。 † ‰ ⸺", "(Oferta)(si)- uno , dos. o/oo -"),
        ("Kaʻahumanu ‿ ŉ", "Ka'ahumanu _ 'n"),
    ],
)
def test_letters_are_folded_where_nothing_is_lost(text, folded):
    assert fold_text(text) == folded
    assert is_plain(folded)


@pytest.mark.parametrize("text", ["Анна Петрова: cita mañana", "美容院: sí", "Ωμέγα", "مرحبا"])
def test_texts_in_other_scripts_stay_as_they_are(text):
    assert fold_text(text) == text
    assert not is_plain(text)


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" + "€" * 152, 2),
        ("a" + "€" * 153, 3),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 134, 2),
        ("ж" * 135, 3),
        ("💇" * 35, 1),
        ("💇" * 36, 2),
        ("💇" * 66, 2),
        ("💇" * 67, 3),
    ],
)
def test_segments_are_counted_as_carriers_do(text, segments):
    assert count_segments(text) == segments


@pytest.mark.parametrize(
    ("name", "limit", "short"),
    [
        ("Taller López", 32, "Taller López"),
        ("Taller Mecánico Hermanos González e Hijos", 32, "Taller Mecánico Hermanos"),
        ("Cambio de aceite y filtro de aire", 18, "Cambio de aceite"),
        ("Cambio de aceite y filtro de aire", 20, "Cambio de aceite"),
        ("Corte, color y peinado", 15, "Corte, color"),
        ("Corte, y color", 8, "Corte"),
        ("Supercalifragilístico", 10, "Supercalif"),
        ("Corte (dama)", 7, "Corte"),
    ],
)
def test_names_are_shortened_by_words(name, limit, short):
    assert shorten_words(name, limit) == short


LINK = "https://taller.example/b/abcdefghijklmn/"


def test_first_version_that_fits_into_one_segment_is_sent():
    assert pick_text(["a" * 200, "b" * 120, "c" * 100, "d"]) == "b" * 120


def test_the_last_version_is_for_two_segments_only():
    assert pick_text(["a" * 200, "b" * 190, "d"]) == "a" * 200
    assert pick_text(["a" * 400, "b" * 350, "d" * 50]) == "d" * 50


def test_a_lone_version_is_sent():
    assert pick_text(["sí"]) == "si"


@pytest.mark.parametrize("letter", ["a", "ж"])
def test_what_never_fits_is_cut_before_its_link(letter):
    text = pick_text([f"{letter * 400} {LINK}"])

    assert text.endswith(f"{letter}... {LINK}")
    assert count_segments(text) == 2
    assert count_segments(text.replace("...", f"{letter * 4}...")) == 3


def test_what_never_fits_and_has_no_link_is_cut_at_its_end():
    assert pick_text(["a" * 400]) == "a" * 303 + "..."


@pytest.mark.parametrize("letter", ["a", "ж", "€"])
def test_cutting_costs_no_more_for_a_longer_text(letter, monkeypatch):
    counted = []

    def count(text):
        counted.append(len(text))
        return count_segments(text)

    monkeypatch.setattr(segments, "count_segments", count)

    text = pick_text([f"{letter * 100_000} {LINK}"])

    assert text == pick_text([f"{letter * 500} {LINK}"])
    assert sum(counted) < 1_000_000
