from __future__ import annotations

import re

import pytest
from django import forms

from kernel.errors import Invalid
from kernel.text import mark
from web.parts.fields import ChoiceField, NumberField, SpanField, SwitchField, TextField
from web.parts.forms import PageForm, Problem, mark_needed
from web.parts.widgets import Segments, SuggestInput

pytestmark = pytest.mark.usefixtures("workshop")


class SampleForm(PageForm):
    name = TextField(label="Nombre", max_length=10, help_text="Como se llama.")
    note = TextField(label="Nota", max_length=40, rows=3, required=False)
    size = NumberField(label="Tamaño", min_value=1, max_value=9, unit="min")
    notice = SpanField(label="Aviso", max_minutes=1440, required=False)
    kind = ChoiceField(label="Tipo", choices=[("a", "Uno"), ("b", "Dos")], widget=Segments(icons={"a": "check"}))
    is_open = SwitchField(label="Abierto")
    make = TextField(label="Marca", max_length=10, required=False, widget=SuggestInput(suggestions=("Nissan",)))


class SummedUpForm(SampleForm):
    is_summed_up = True


def draw(form: PageForm, name: str) -> str:
    return " ".join(str(form[name].as_field_group()).split())


def find_attributes(html: str, tag: str) -> dict[str, str]:
    found = re.search(rf"<{tag}\b([^>]*)>", html)[1]
    return dict(re.findall(r'([\w-]+)(?:="([^"]*)")?', found))


def test_a_field_ties_label_hint_and_finding_to_its_input():
    html = draw(SampleForm({"name": "x" * 11}), "name")

    attributes = find_attributes(html, "input")
    assert attributes == {
        "type": "text", "name": "name", "value": "x" * 11, "maxlength": "10", "required": "", "aria-invalid": "true",
        "aria-describedby": "f-name_helptext f-name_error", "class": "input", "autofocus": "", "id": "f-name",
    }  # fmt: skip
    assert '<label for="f-name">Nombre</label>' in html
    assert '<span class="hint" id="f-name_helptext">Como se llama.</span>' in html
    assert re.search(r'id="f-name_error">.*Máximo 10 caracteres\.', html)


def test_only_the_first_wrong_field_takes_the_focus():
    form = SampleForm({"name": "Ana"})

    assert "autofocus" not in draw(form, "name") + draw(form, "kind")
    assert "autofocus" in draw(form, "size")


def test_a_summary_takes_the_focus_and_leads_to_each_field():
    form = SummedUpForm({"name": "Ana", "size": "0", "kind": "c"})

    assert "autofocus" not in "".join(draw(form, name) for name in form.fields)
    assert form.problems == (
        Problem("Tamaño: Mínimo 1.", "f-size"),
        Problem("Tipo: Elige una de las opciones.", "f-kind_0"),
    )


def test_optional_fields_say_so_and_choices_that_are_made_do_not():
    form = SampleForm(initial={"kind": "a"})

    said = {name for name in form.fields if "(opcional)" in draw(form, name)}
    assert said == {"note", "notice", "make"}


def test_a_field_that_another_room_checks_is_drawn_as_needed():
    form = SampleForm()
    mark_needed(form.fields["make"])

    html = draw(form, "make")
    assert ("(opcional)" in html, "required" in find_attributes(html, "input")) == (False, True)
    assert form.fields["make"].clean("") == ""


def test_warnings_are_shown_and_refuse_nothing():
    form = SampleForm({"name": "Ana", "size": "5", "kind": "a"})
    form.warnings = {"size": ("Es poco.",)}

    html = draw(form, "size")
    assert form.is_valid() is True
    assert '<span class="error odd">' in html
    assert find_attributes(html, "input")["aria-describedby"] == "f-size_error"


def test_what_a_room_below_refuses_is_said_at_its_field():
    form = SampleForm({"name": "Ana", "size": "5", "kind": "a"})
    assert form.is_valid()

    form.refuse(
        Invalid(errors={"duration": (mark("Fill in this field."),), "contact": (mark("Choose one of the options."),)}),
        names={"duration": "size"},
    )

    assert dict(form.errors) == {"size": ["Completa este campo."], "__all__": ["Elige una de las opciones."]}


def test_a_refusal_without_fields_is_said_above_the_form():
    form = SampleForm({"name": "Ana", "size": "5", "kind": "a"})
    assert form.is_valid()

    form.refuse(Invalid())

    assert form.problems == (Problem("Revisa los campos marcados.", ""),)


def test_a_pair_is_one_field_with_one_label():
    html = draw(SampleForm({"notice": "x", "notice_unit": "hours"}), "notice")

    assert '<label for="f-notice">Aviso' in html
    assert '<span class="time-span">' in html
    assert find_attributes(html, "input") == {
        "type": "text", "name": "notice", "value": "x", "inputmode": "numeric", "autocomplete": "off",
        "aria-invalid": "true", "aria-describedby": "f-notice_error", "class": "input", "id": "f-notice",
    }  # fmt: skip
    assert find_attributes(html, "select") == {
        "name": "notice_unit", "aria-label": "Unidad", "id": "f-notice_1", "class": "input",
    }  # fmt: skip


def test_radios_are_a_group_with_a_legend_and_icons():
    html = draw(SampleForm({"kind": "x"}), "kind")

    assert '<fieldset class="field" aria-describedby="f-kind_error"> <legend class="label">Tipo</legend>' in html
    assert html.count('type="radio"') == 2
    assert "<svg" in html


def test_suggestions_are_a_list_beside_the_input():
    html = draw(SampleForm(), "make")

    assert find_attributes(html, "input")["list"] == "l-make"
    assert '<datalist id="l-make"> <option value="Nissan"></datalist>' in html


def test_forms_of_packages_are_drawn_alike():
    class Foreign(forms.Form):
        email = forms.EmailField(label="Correo")

    html = " ".join(str(Foreign({"email": "x"})["email"].as_field_group()).split())

    assert find_attributes(html, "input")["class"] == "input"
    assert '<span id="id_email_error">' in html
