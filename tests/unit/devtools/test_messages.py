"""Collecting, merging, checking and compiling translations."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

import pytest

from devtools.errors import DevtoolsError
from devtools.messages.catalogs import catalog_path, compile_catalogs, list_faults, load_catalog, merge, render
from devtools.messages.command import list_all_faults, update_catalogs
from devtools.messages.extraction import Text, collect_texts

_CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
from kernel.text import mark

TITLE = _("Booking")
HELP = mark("No slot is free on %(day)s.")


def count(number):
    # Translators: how many people come
    return ngettext("%(number)s person", "%(number)s people", number) % {"number": number}


def other():
    return pgettext("verb", "Book")
"""

_TEMPLATE = """{% load i18n %}
<p>
      {% translate "Your booking" %}
   <b>it's {% blocktranslate with name=a.name %}Hello {{ name }}{% endblocktranslate %}</b>
 {% blocktranslate count n=n %}{{ n }} bay{% plural %}{{ n }} bays{% endblocktranslate %}
{% translate "Book" context "noun" as x %}
</p>
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "scheduling").mkdir()
    (tmp_path / "scheduling" / "errors.py").write_text(_CODE, encoding="utf-8")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(_TEMPLATE, encoding="utf-8")
    # Not texts of the product.
    (tmp_path / "platform" / "devtools").mkdir(parents=True)
    (tmp_path / "platform" / "devtools" / "x.py").write_text('gettext("Not this")\n', encoding="utf-8")
    return tmp_path


@pytest.fixture
def locale(tmp_path: Path) -> Path:
    return tmp_path / "locale"


def translate(locale: Path, **translations: str) -> None:
    """Fill in translations by hand, as a person would."""
    path = catalog_path("es", locale)
    content = path.read_text(encoding="utf-8")
    for source, target in translations.items():
        old = f'msgid "{source}"\nmsgstr ""'
        assert old in content
        content = content.replace(old, f'msgid "{source}"\nmsgstr "{target}"')
    path.write_text(content, encoding="utf-8")


def test_collects_from_code_and_templates(checkout: Path) -> None:
    found = [(text.id, text.context, text.place) for text in collect_texts(checkout)]

    assert found == [
        ("Booking", None, "scheduling/errors.py"),
        ("No slot is free on %(day)s.", None, "scheduling/errors.py"),
        (("%(number)s person", "%(number)s people"), None, "scheduling/errors.py"),
        ("Book", "verb", "scheduling/errors.py"),
        ("Your booking", None, "templates/page.html"),
        ("Hello %(name)s", None, "templates/page.html"),
        (("%(n)s bay", "%(n)s bays"), None, "templates/page.html"),
        ("Book", "noun", "templates/page.html"),
    ]


def test_update_keeps_translations_and_drops_what_is_gone(checkout: Path, locale: Path) -> None:
    update_catalogs(checkout, locale)
    translate(locale, Booking="Cita")
    (checkout / "templates" / "page.html").write_text('{% load i18n %}{% translate "New" %}', encoding="utf-8")

    update_catalogs(checkout, locale)

    catalog = load_catalog(catalog_path("es", locale), "es")
    assert {message.id: message.string for message in catalog if message.id and message.context is None} == {
        "Booking": "Cita",
        "No slot is free on %(day)s.": "",
        ("%(number)s person", "%(number)s people"): ("", ""),
        "New": "",
    }
    assert not any(message.fuzzy for message in catalog if message.id)


def test_update_twice_writes_the_same_bytes(checkout: Path, locale: Path) -> None:
    update_catalogs(checkout, locale)
    first = catalog_path("es", locale).read_bytes()

    update_catalogs(checkout, locale)

    assert catalog_path("es", locale).read_bytes() == first


def test_check_tells_missing_from_untranslated_from_unused(checkout: Path, locale: Path) -> None:
    update_catalogs(checkout, locale)
    template = checkout / "templates" / "page.html"
    template.write_text('{% load i18n %}{% translate "Your booking" %}{% translate "New" %}', encoding="utf-8")

    faults = list_all_faults(checkout, locale)

    assert "es: not in the catalogue: 'New'" in faults
    assert "en: not in the catalogue: 'New'" in faults
    assert "es: no longer used: 'Hello %(name)s'" in faults
    assert "es: not translated: 'Your booking'" in faults
    assert "es: not translated: 'New'" not in faults
    assert not any(fault.startswith("en: not translated") for fault in faults)


def test_complete_catalog_has_no_faults(checkout: Path, locale: Path) -> None:
    (checkout / "scheduling" / "errors.py").write_text('_("Booking")\n', encoding="utf-8")
    (checkout / "templates" / "page.html").unlink()
    update_catalogs(checkout, locale)
    translate(locale, Booking="Cita")

    assert list_all_faults(checkout, locale) == []


@pytest.mark.parametrize(
    ("source", "target", "is_faulty"),
    [
        ("Hello %(name)s", "Hola %(name)s", False),
        ("Hello %(name)s", "Hola", True),
        ("Hello %(name)s", "Hola %(nombre)s", True),
        ("{count} left", "quedan {count}", False),
        ("{count} left", "quedan {cuenta}", True),
        (("%(n)s bay", "%(n)s bays"), ("una bahía", "%(n)s bahías"), False),
        (("%(n)s bay", "%(n)s bays"), ("%(n)s bahía", "bahías"), True),
    ],
)
def test_placeholders_must_agree(
    source: str | tuple[str, str], target: str | tuple[str, str], is_faulty: bool, tmp_path: Path
) -> None:
    catalog = merge([Text(source, None, "x.py", ())], load_catalog(tmp_path / "none.po", "es"), "es")
    for message in catalog:
        if message.id:
            message.string = target

    assert bool(list(list_faults(catalog, must_be_complete=True))) is is_faulty


def test_compiled_catalog_translates(checkout: Path, locale: Path) -> None:
    update_catalogs(checkout, locale)
    translate(locale, Booking="Cita")

    compile_catalogs(locale)

    with catalog_path("es", locale).with_suffix(".mo").open("rb") as handle:
        translations = gettext.GNUTranslations(handle)
    assert translations.gettext("Booking") == "Cita"
    assert translations.gettext("Your booking") == "Your booking"
    assert translations.ngettext("%(n)s bay", "%(n)s bays", 1) == "%(n)s bay"


def test_compiles_only_what_is_older(checkout: Path, locale: Path) -> None:
    update_catalogs(checkout, locale)
    target = catalog_path("es", locale).with_suffix(".mo")
    target.write_bytes(b"as it was")

    compile_catalogs(locale)
    assert target.read_bytes() == b"as it was"

    newer = target.stat().st_mtime_ns + 1_000_000
    os.utime(catalog_path("es", locale), ns=(newer, newer))
    compile_catalogs(locale)
    assert target.read_bytes() != b"as it was"


def test_broken_catalog_is_named(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    path.write_text('msgid "a"\nmsgstr "b"\nnonsense here\n', encoding="utf-8")

    with pytest.raises(DevtoolsError, match=r"django\.po is not a valid catalogue"):
        load_catalog(path, "es")


def test_rendered_catalog_has_no_dates_and_no_line_numbers(checkout: Path, locale: Path) -> None:
    texts = collect_texts(checkout)

    content = render(merge(texts, load_catalog(locale / "none.po", "es"), "es")).decode()

    assert "POT-Creation-Date" not in content
    assert "#: scheduling/errors.py\n" in content
    assert "#. Translators: how many people come" in content
