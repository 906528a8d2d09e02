"""The page of services: list, form with rows, errors at their places, two editors."""

from __future__ import annotations

import re

import pytest

from audit.selectors.log import list_changes
from scheduling.enums import CatalogNoun
from scheduling.models import AddOn, Requirement, Resource, ResourceType, Service
from scheduling.selectors.catalog.entries import get_service_entry
from tests.conftest import HostClient
from tests.integration.web.workspace.browser_form import read_form, read_page
from tests.integration.web.workspace.conftest import book
from verticals.registry import get_vertical

LIST = "/workspace/services/"
ARRIVAL = get_vertical("automotive").intake.arrival_modes[0].key


def change(client: HostClient, row: Service, **typed: object):
    address = f"{LIST}{row.pk}/"
    return client.post(address, {**read_form(client, address), **typed})


def load(row: Service):
    from kernel.clock import utc_now

    return get_service_entry(service_id=row.pk, now=utc_now()).setup


@pytest.fixture
def oil(tenant) -> Service:
    """A service with a person and a bay, and one extra."""
    service = next(each for each in Service.objects.order_by("pk") if each.requirements.count() > 1)
    AddOn.objects.filter(service=service).delete()
    AddOn.objects.create(service=service, name="Lavado", minutes=15, price_minor=12000, position=0)
    return service


@pytest.mark.parametrize("count", [1, 3, 50])
def test_the_list_asks_as_often_for_fifty_as_for_one(owner_client, django_assert_num_queries, count):
    kind = ResourceType.objects.filter(is_person=True).first()
    Service.objects.update(is_active=False)
    for number in range(count):
        made = Service.objects.create(name=f"Servicio {number}", duration_minutes=30, category="Uno")
        Requirement.objects.create(service=made, resource_type=kind, quantity=1 + number % 3)
    owner_client.get(LIST)

    with django_assert_num_queries(10):  # schema, session, person; types, resources, services, their parts, bookings
        page = owner_client.get(LIST).content.decode()

    assert page.count('<a class="name"') == count


def test_every_service_of_the_starter_kit_is_saved_unchanged(owner_client):
    for service in Service.objects.all():
        before = load(service)

        answer = change(owner_client, service)

        assert (answer.status_code, load(service)) == (302, before), service.name
    logged = [list_changes(noun=CatalogNoun.SERVICE, row_id=each.pk, after_version=1) for each in Service.objects.all()]
    assert set(logged) == {()}


def test_a_service_is_created_with_everything_that_the_form_asks(owner_client):
    kind = ResourceType.objects.filter(is_person=True).first()
    typed = read_form(owner_client, f"{LIST}new/") | {
        "name": "Alineación láser", "category": "Llantas", "description": "Con reporte", "price_kind": "from",
        "price": "1,250.50", "duration_minutes": "45", "buffer_before_minutes": "5", "buffer_after_minutes": "10",
        "step_minutes": "30", "align": "clock", "minimum_notice_minutes": "2", "minimum_notice_minutes_unit": "hours",
        "booking_window_days": "30", "max_party_size": "1", "approval": "request", "arrival_modes": [ARRIVAL],
        "cancel_cutoff_minutes": "1", "cancel_cutoff_minutes_unit": "days", "move_cutoff_minutes": "4",
        "move_cutoff_minutes_unit": "hours", "answer_within_minutes": "2", "answer_within_minutes_unit": "hours",
        "answer_ahead_minutes": "1", "answer_ahead_minutes_unit": "days",
        "requirements-row": ["0"], "requirements-0-resource_type_id": str(kind.pk),
        "requirements-0-quantity": "1", "requirements-0-starts_after_minutes": "0",
        "requirements-0-duration_minutes": "30", "requirements-0-skill": "", "extras-row": ["0"],
        "extras-0-name": "Balanceo", "extras-0-price": "300", "extras-0-minutes": "20",
    }  # fmt: skip

    answer = owner_client.post(f"{LIST}new/", typed)

    made = Service.objects.get(name="Alineación láser")
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert (made.price_minor, made.price_kind, made.duration_minutes, made.buffer_before_minutes) == (
        125050, "from", 45, 5,
    )  # fmt: skip
    assert (made.minimum_notice_minutes, made.cancel_cutoff_minutes, made.move_cutoff_minutes) == (120, 1440, 240)
    assert (made.answer_within_minutes, made.answer_ahead_minutes) == (120, 1440)
    assert made.arrival_modes == [ARRIVAL]
    assert (made.approval, made.align, made.booking_window_days, made.deposit_kind) == ("request", "clock", 30, "none")
    assert list(made.requirements.values_list("resource_type_id", "quantity", "duration_minutes")) == [(kind.pk, 1, 30)]
    assert list(AddOn.objects.filter(service=made).values_list("name", "minutes", "price_minor")) == [
        ("Balanceo", 20, 30000)
    ]


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        ({"name": ""}, "f-name"),
        ({"price": "12.345"}, "f-price"),
        ({"price_kind": "fixed", "price": ""}, "f-price"),
        ({"price": "gratis"}, "f-price"),
        ({"duration_minutes": "0"}, "f-duration_minutes"),
        ({"duration_minutes": "100000"}, "f-duration_minutes"),
        ({"step_minutes": "1441"}, "f-step_minutes"),
        ({"minimum_notice_minutes": "x"}, "f-minimum_notice_minutes"),
        ({"booking_window_days": "-1"}, "f-booking_window_days"),
        ({"max_party_size": "0"}, "f-max_party_size"),
        ({"approval": "never"}, "f-approval_0"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(owner_client, oil, typed, target):
    before = load(oil)

    answer = change(owner_client, oil, description="Lo que escribí", **typed)

    page = answer.content.decode()
    assert (answer.status_code, f'href="#{target}"' in page) == (422, True)
    assert "Lo que escribí" in page
    assert all(
        f'value="{value}"' in page for name, value in typed.items() if value and name not in {"approval", "price_kind"}
    )
    assert load(oil) == before


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"requirements-0-quantity": "0"}, "requirements-0-quantity"),
        ({"requirements-0-starts_after_minutes": "9999"}, "requirements-0-starts_after_minutes"),
        ({"requirements-1-duration_minutes": "19999"}, "requirements-1-duration_minutes"),
        ({"extras-0-name": ""}, "extras-0-name"),
        ({"extras-0-price": "1.234"}, "extras-0-price"),
        ({"extras-0-minutes": "2000"}, "extras-0-minutes"),
    ],
)
def test_what_is_wrong_in_a_row_is_said_in_that_row(owner_client, oil, typed, field):
    before = load(oil), list(AddOn.objects.values())

    answer = change(owner_client, oil, **typed)

    assert (answer.status_code, f'id="f-{field}_error"' in answer.content.decode()) == (422, True)
    assert (load(oil), list(AddOn.objects.values())) == before


def type_parts(same_as: str, **typed: object) -> dict[str, object]:
    """Two rows of a visit of an hour, the first 20 minutes and the last; the second names another one."""
    kind = ResourceType.objects.filter(is_person=True).order_by("pk").first()
    rows: dict[str, object] = {"duration_minutes": "60", "requirements-row": ["4", "7"]}
    for name, begins, lasts in (("4", "0", "20"), ("7", "40", "")):
        rows |= {
            f"requirements-{name}-resource_type_id": str(kind.pk),
            f"requirements-{name}-skill": "",
            f"requirements-{name}-quantity": "1",
            f"requirements-{name}-starts_after_minutes": begins,
            f"requirements-{name}-duration_minutes": lasts,
            f"requirements-{name}-same_as": "",
        }
    return rows | {"requirements-7-same_as": same_as} | typed


def test_a_row_needs_whoever_is_in_another_one(owner_client, oil):
    answer = change(owner_client, oil, **type_parts("4"))

    assert answer.status_code == 302
    assert [each.same_as for each in load(oil).requirements] == [None, 0]
    before = load(oil)
    assert (change(owner_client, oil).status_code, load(oil)) == (302, before)


@pytest.mark.parametrize(
    ("same_as", "typed"),
    [
        ("7", {}),
        ("9", {}),
        ("00", {}),
        ("4", {"requirements-7-quantity": "2"}),
        ("4", {"requirements-7-starts_after_minutes": "10"}),
    ],
)
def test_a_row_that_cannot_be_the_same_is_said_there(owner_client, oil, same_as, typed):
    before = load(oil)

    answer = change(owner_client, oil, **type_parts(same_as, **typed))

    assert (answer.status_code, 'id="f-requirements-7-same_as_error"' in answer.content.decode()) == (422, True)
    assert load(oil) == before


def read_choices(page: str) -> tuple[list[str], str] | None:
    """The options of the second row's choice and the selected one; None when there is nobody to choose."""
    found = re.search(r'<select name="requirements-7-same_as".*?</select>', page, re.DOTALL)
    if found is None:
        return None
    options = re.findall(r'<option value="(\w*)"( selected)?', found[0])
    return [value for value, _ in options], next((value for value, is_chosen in options if is_chosen), "")


def test_a_row_that_is_taken_away_is_offered_no_more(owner_client, oil):
    typed = read_form(owner_client, f"{LIST}{oil.pk}/") | type_parts("4")

    page = owner_client.post(f"{LIST}{oil.pk}/", typed | {"do": "add-requirements"}).content.decode()
    less = owner_client.post(f"{LIST}{oil.pk}/", typed | {"do": "remove-requirements-4"}).content.decode()

    assert read_choices(page) == (["", "4", "8"], "4")
    assert read_choices(less) is None


def test_rows_are_added_and_taken_away_without_saving(owner_client, oil):
    address, before = f"{LIST}{oil.pk}/", load(oil)
    typed = read_form(owner_client, address) | {"name": "A medias", "duration_minutes": "nada"}

    added = owner_client.post(address, {**typed, "do": "add-requirements"}).content.decode()
    fewer = owner_client.post(address, {**typed, "do": "remove-requirements-0"}).content.decode()
    strange = [
        owner_client.post(address, {**typed, "do": do}).status_code for do in ("x", "remove-requirements-99", "add-")
    ]

    count = len(before.requirements)
    assert [page.count('name="requirements-row"') for page in (added, fewer)] == [count + 1, count - 1]
    assert all('value="A medias"' in page and 'aria-invalid="true"' not in page for page in (added, fewer))
    assert (strange, load(oil)) == ([200] * 3, before)


def test_extras_are_added_changed_and_archived_with_their_service(owner_client, oil):
    first = AddOn.objects.get(service=oil)
    typed = read_form(owner_client, f"{LIST}{oil.pk}/")

    owner_client.post(
        f"{LIST}{oil.pk}/",
        {
            **typed,
            "extras-0-price": "150",
            "extras-row": ["0", "1"],
            "extras-1-name": "Encerado",
            "extras-1-minutes": "30",
        },
    )
    assert list(AddOn.objects.filter(service=oil).order_by("position").values_list("name", "price_minor")) == [
        ("Lavado", 15000), ("Encerado", 0),
    ]  # fmt: skip

    typed = read_form(owner_client, f"{LIST}{oil.pk}/")
    owner_client.post(f"{LIST}{oil.pk}/", {**typed, "extras-row": ["1"]})

    assert AddOn.objects.get(pk=first.pk).is_active is False
    assert list(AddOn.objects.filter(service=oil, is_active=True).values_list("name", flat=True)) == ["Encerado"]


def test_an_extra_that_another_editor_changed_is_not_overwritten_silently(owner_client, oil):
    mine = read_form(owner_client, f"{LIST}{oil.pk}/")
    change(owner_client, oil, **{"extras-0-price": "500"})

    clash = owner_client.post(f"{LIST}{oil.pk}/", {**mine, "extras-0-price": "99"})

    assert (clash.status_code, AddOn.objects.get(service=oil).price_minor) == (422, 50000)
    again = read_page(clash.content.decode())
    saved = owner_client.post(f"{LIST}{oil.pk}/", again)
    assert (saved.status_code, AddOn.objects.get(service=oil).price_minor) == (302, 9900)


def test_the_second_editor_is_told_what_changed(owner_client, staff_client, oil):
    mine = read_form(owner_client, f"{LIST}{oil.pk}/")
    change(staff_client("manager"), oil, price_kind="fixed", price="2,000", duration_minutes="77")

    clash = owner_client.post(f"{LIST}{oil.pk}/", {**mine, "price": "1", "price_kind": "fixed", "extras-0-name": "Mío"})

    page = clash.content.decode()
    assert clash.status_code == 409
    assert "Persona manager lo cambió, " in page
    assert re.search(r"Precio: <s>.*?</s> → <b>\$2,000</b>", page)
    shown = read_page(page)
    assert [shown[name] for name in ("price", "duration_minutes", "extras-0-name")] == ["1", "77", "Mío"]
    saved = owner_client.post(f"{LIST}{oil.pk}/", shown)
    assert (saved.status_code, Service.objects.get(pk=oil.pk).price_minor) == (302, 100)


def test_a_deposit_is_asked_about_only_where_one_can_be_paid_or_is_asked_already(owner_client, oil):
    without = owner_client.get(f"{LIST}{oil.pk}/").content.decode()
    ignored = change(owner_client, oil, deposit_kind="full", name="Otro nombre")
    unasked = load(oil)
    Service.objects.filter(pk=oil.pk).update(deposit_kind="fixed", deposit_minor=5000)
    page = owner_client.get(f"{LIST}{oil.pk}/").content.decode()
    refused = change(owner_client, oil, deposit_kind="full", name="Tercer nombre")

    after = load(oil)
    assert ['name="deposit_kind"' in each for each in (without, page)] == [False, True]
    assert (ignored.status_code, unasked.name, unasked.deposit_kind) == (302, "Otro nombre", "none")
    assert (refused.status_code, re.findall(r'id="f-(\w+)_error"', refused.content.decode())) == (422, ["deposit_kind"])
    assert (after.name, after.deposit_kind, after.deposit_minor) == ("Otro nombre", "fixed", 5000)


def test_archive_undo_and_history(owner_client, oil):
    owner_client.post(f"{LIST}{oil.pk}/archive/")
    assert Service.objects.get(pk=oil.pk).is_active is False
    owner_client.post(f"{LIST}{oil.pk}/restore/")
    assert Service.objects.get(pk=oil.pk).is_active is True

    change(owner_client, oil, duration_minutes="50")
    page = owner_client.get(f"{LIST}{oil.pk}/history/").content.decode()

    titles = re.findall(r"<li><p><b>([^<]+)</b>", page)
    assert titles[:3] == ["Se cambió", "Se restauró", "Se archivó"]
    assert re.search(r"Duración: <s>\d+</s> → <b>50</b>", page)


def test_a_service_with_coming_bookings_is_not_archived(owner_client):
    booked = book()
    from scheduling.models import Booking

    service = Booking.objects.get(pk=booked.booking_id).service

    owner_client.post(f"{LIST}{service.pk}/archive/")

    assert Service.objects.get(pk=service.pk).is_active is True


def test_the_form_keeps_what_it_does_not_ask(owner_client, oil):
    Service.objects.filter(pk=oil.pk).update(hold_minutes=7, reminder_offsets_minutes=[60], strategy="round_robin")

    change(owner_client, oil, name="Con todo")

    after = load(oil)
    assert (after.hold_minutes, after.reminder_offsets_minutes, str(after.strategy)) == (7, (60,), "round_robin")
    assert Requirement.objects.filter(service=oil).count() == len(after.requirements)


def list_extras(service: Service) -> list[tuple[str, int]]:
    return list(
        AddOn.objects.filter(service=service, is_active=True).order_by("position").values_list("name", "price_minor")
    )


def test_what_others_do_with_extras_meanwhile_is_neither_lost_nor_overwritten(owner_client, staff_client, oil):
    address, other = f"{LIST}{oil.pk}/", staff_client("manager")
    change(owner_client, oil, **{"extras-row": ["0"], "extras-0-name": "Lavado", "extras-0-price": "100"})
    mine = read_form(owner_client, address)
    theirs = read_form(other, address)
    other.post(
        address,
        {**theirs, "extras-0-price": "150", "extras-row": ["0", "1"], "extras-1-name": "Cera", "extras-1-minutes": "5"},
    )

    clash = owner_client.post(address, {**mine, "extras-0-price": "200"})

    page = clash.content.decode()
    assert (clash.status_code, list_extras(oil)) == (422, [("Lavado", 15000), ("Cera", 0)])
    assert re.search(r"Persona manager lo cambió, .*: Precio: \$100 → \$150\.", page)

    saved = owner_client.post(address, read_page(page))

    assert (saved.status_code, sorted(list_extras(oil))) == (302, [("Cera", 0), ("Lavado", 20000)])


def test_an_extra_that_somebody_took_away_is_not_added_again_unasked(owner_client, staff_client, oil):
    address = f"{LIST}{oil.pk}/"
    change(owner_client, oil, **{"extras-row": ["0"], "extras-0-name": "Lavado", "extras-0-price": "100"})
    mine = read_form(owner_client, address)
    change(staff_client("manager"), oil, **{"extras-row": []})
    assert list_extras(oil) == []

    clash = owner_client.post(address, {**mine, "extras-0-price": "200"})

    page = clash.content.decode()
    assert (clash.status_code, list_extras(oil)) == (422, [])
    assert re.search(r"Persona manager lo archivó, ", page)
    assert "Alguien quitó este extra mientras tanto." in page

    saved = owner_client.post(address, read_page(page))

    assert (saved.status_code, list_extras(oil)) == (302, [("Lavado", 20000)])


def test_the_history_tells_what_a_service_took_before(owner_client, oil):
    change(owner_client, oil, **{"requirements-0-quantity": "2", "requirements-0-duration_minutes": "30"})

    page = owner_client.get(f"{LIST}{oil.pk}/history/").content.decode()

    assert "Quién y qué ocupa: <s>1 mecánico · 1 elevador</s> → <b>2 mecánico (0–30 min) · 1 elevador</b>" in page


def test_both_editors_changed_what_it_takes(owner_client, staff_client, oil):
    mine = read_form(owner_client, f"{LIST}{oil.pk}/")
    change(staff_client("manager"), oil, **{"requirements-0-quantity": "3"})

    clash = owner_client.post(f"{LIST}{oil.pk}/", {**mine, "requirements-0-quantity": "2"})

    page = clash.content.decode()
    assert (clash.status_code, read_page(page)["requirements-0-quantity"]) == (409, "2")
    assert "Mientras tanto quedó en: 3 mecánico · 1 elevador" in page


def test_a_skill_is_asked_for_as_the_team_has_it(owner_client, oil):
    Resource.objects.filter(resource_type__is_person=True).update(skills=["Frenos"])

    change(owner_client, oil, **{"requirements-0-skill": "frenos"})

    assert load(oil).requirements[0].skill == "Frenos"


def test_more_rows_than_a_service_can_take_are_refused_in_words(owner_client, oil):
    mine = read_form(owner_client, f"{LIST}{oil.pk}/")
    row = {name.removeprefix("requirements-0-"): value for name, value in mine.items() if "requirements-0-" in name}
    many = {f"requirements-{number}-{name}": value for number in range(21) for name, value in row.items()}

    answer = change(owner_client, oil, **many, **{"requirements-row": [str(number) for number in range(21)]})

    assert answer.status_code == 422
    assert "Máximo 20 renglones." in answer.content.decode()
    assert Requirement.objects.filter(service=oil).count() == 2


def test_a_new_service_begins_with_a_person_and_tells_all_mistakes_at_once(owner_client):
    typed = read_form(owner_client, f"{LIST}new/")
    people = ResourceType.objects.filter(is_person=True).values_list("pk", flat=True)

    answer = owner_client.post(f"{LIST}new/", {**typed, "price": "", "requirements-0-resource_type_id": ""})

    page = answer.content.decode()
    assert int(typed["requirements-0-resource_type_id"]) == people[0]
    assert answer.status_code == 422
    texts = ("Completa este campo.", "Escribe el precio", "Indica quién o qué hace falta")
    assert [text in page for text in texts] == [True, True, True]
    assert not Service.objects.filter(name="").exists()


def test_saving_leads_to_what_is_wrong_not_to_the_row_that_was_added_before(owner_client, oil):
    """A form without an address is sent to the one in the window, and its "#requirements" scrolls past the errors."""
    for path in (f"{LIST}{oil.pk}/?x=1", f"{LIST}new/"):
        page = owner_client.post(path, {"do": "add-requirements"}).content.decode()

        assert f'<form class="setup-form" method="post" action="{path}"' in page


def test_every_length_may_be_typed_in_hours_and_minutes(owner_client, oil):
    typed = {
        "duration_minutes": "1 h 15 min", "buffer_before_minutes": "0:10", "buffer_after_minutes": "5 min",
        "step_minutes": "0,5 h", "requirements-row": ["0"], "requirements-0-starts_after_minutes": "15 min",
        "requirements-0-duration_minutes": "1 h", "extras-row": ["0"], "extras-0-name": "Balanceo",
        "extras-0-price": "300", "extras-0-minutes": "1:30",
    }  # fmt: skip
    kind = ResourceType.objects.filter(is_person=True).first()
    row = {"requirements-0-resource_type_id": str(kind.pk), "requirements-0-quantity": "1"}

    answer = change(owner_client, oil, **typed, **row)

    made = load(oil)
    assert answer.status_code == 302
    assert (made.duration_minutes, made.buffer_before_minutes, made.buffer_after_minutes, made.step_minutes) == (
        75, 10, 5, 30,
    )  # fmt: skip
    assert [(each.starts_after_minutes, each.duration_minutes) for each in made.requirements] == [(15, 60)]
    assert AddOn.objects.get(service=oil, name="Balanceo").minutes == 90


def test_a_length_that_is_none_is_said_and_stays_and_the_visit_is_drawn_of_what_is_one(owner_client, oil):
    before = load(oil)

    page = change(owner_client, oil, duration_minutes="un ratito").content.decode()
    drawn = change(owner_client, oil, duration_minutes="1 h", name="").content.decode()

    assert "Escribe minutos, u horas y minutos: 75, 1:15 o 1 h 15 min." in page
    assert ('value="un ratito"' in page, 'value="1 h"' in drawn, load(oil)) == (True, True, before)
    assert "de 60" in re.sub(r"\s+", " ", drawn)
