"""People of one schema: who signs in, and with what."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.enums import Role
from accounts.errors import EmailInvalid, EmailTaken, PersonUnknown
from accounts.models import User
from accounts.selectors.staff import get_user_by_email, list_managers, list_staff, name_people
from accounts.services.people import add_person
from accounts.types import StaffMember
from tests.conftest import OWNER_PASSWORD

COMMAND = "accounts.management.commands.create_operator.getpass"


def add(name: str, role: Role, **changes: object) -> StaffMember:
    values = {"name": name, "email": f"{name.lower()}@taller.example", "role": role, "locale": "es"}
    return add_person(**(values | changes))


def test_owner_comes_with_the_tenant(tenant):
    owner = User.objects.get()

    assert (owner.email, owner.role, owner.locale) == ("owner@taller.example", "owner", "es")
    assert owner.check_password(OWNER_PASSWORD)
    assert (str(owner), owner.get_full_name(), owner.get_short_name()) == ("Olga Owner", "Olga Owner", "Olga")


def test_person_is_added_as_typed_without_blanks(tenant):
    person = add(" Ana Ruiz ", Role.RECEPTIONIST, email=" ana@taller.example ", password="una-clave-larga")

    user = User.objects.get(pk=person.id)
    assert person == StaffMember(
        id=user.pk, name="Ana Ruiz", email="ana@taller.example", role="receptionist", locale="es"
    )
    assert (user.name, user.email, user.check_password("una-clave-larga")) == ("Ana Ruiz", "ana@taller.example", True)


def test_an_address_is_written_in_one_way(tenant):
    assert add("Ana", Role.PROVIDER, email=" Ana@Bücher.example\u202c").email == "ana@xn--bcher-kva.example"
    with pytest.raises(EmailTaken):
        add("Eva", Role.PROVIDER, email="ana@xn--bcher-kva.example")


@pytest.mark.parametrize(
    "email", ["", "ana", "lit@[127.0.0.1]", '"a b"@example.com', "a@example.com\r\nBcc: b@example.com"]
)
def test_person_who_cannot_be_written_to_is_refused(tenant, email):
    before = User.objects.count()

    with pytest.raises(EmailInvalid):
        add("Ana", Role.PROVIDER, email=email)

    assert User.objects.count() == before


def test_person_without_a_password_cannot_sign_in_yet(tenant):
    person = add("Ana", Role.PROVIDER)

    assert User.objects.get(pk=person.id).has_usable_password() is False


@pytest.mark.parametrize("email", ["owner@taller.example", "OWNER@Taller.example"])
def test_address_is_one_persons_in_any_case_of_letters(tenant, email):
    with pytest.raises(EmailTaken):
        add("Otra", Role.MANAGER, email=email)

    assert User.objects.count() == 1


def test_address_may_be_somebody_elses_at_another_tenant(tenant, other_tenant):
    add("Eva", Role.MANAGER, email="owner@salon.example")

    connection.set_tenant(other_tenant)
    assert list(User.objects.values_list("name", flat=True)) == ["Olga Owner"]
    connection.set_tenant(tenant)


@pytest.mark.parametrize("count", [1, 3])
def test_staff_is_listed_by_name_in_one_query(tenant, django_assert_num_queries, count):
    for number in range(count):
        add(f"Ana{number}", Role.PROVIDER)
    User.objects.filter(pk=add("Zoe", Role.MANAGER).id).update(is_active=False)

    with django_assert_num_queries(1):
        staff = list_staff()

    assert [person.name for person in staff] == [*(f"Ana{number}" for number in range(count)), "Olga Owner"]


def test_notices_go_to_owners_and_managers(tenant):
    for role in (Role.MANAGER, Role.RECEPTIONIST, Role.PROVIDER, Role.READ_ONLY):
        add(f"Una {role.value}", role, email=f"{role.value}@taller.example")

    assert [person.role for person in list_managers()] == ["owner", "manager"]
    assert [person.role for person in list_staff(roles=(Role.PROVIDER,))] == ["provider"]


def test_person_is_found_by_address(tenant):
    assert get_user_by_email("OWNER@taller.example").name == "Olga Owner"


@pytest.mark.parametrize("email", ["nadie@taller.example", "owner@salon.example", "", "owner@taller.example "])
def test_unknown_address_is_nobody(tenant, other_tenant, email):
    with pytest.raises(PersonUnknown):
        get_user_by_email(email)


def test_suspended_person_is_nobody(tenant):
    User.objects.update(is_active=False)

    with pytest.raises(PersonUnknown):
        get_user_by_email("owner@taller.example")


def test_names_are_kept_for_those_who_left(tenant, django_assert_num_queries):
    ana = add("Ana", Role.MANAGER)
    User.objects.filter(pk=ana.id).update(is_active=False)

    with django_assert_num_queries(1):
        names = name_people([ana.id, ana.id + 1])

    assert names == {ana.id: "Ana"}
    with django_assert_num_queries(0):
        assert name_people([]) == {}


@pytest.fixture
def public(tenants, db):
    connection.set_schema_to_public()


def create_operator(*arguments: str) -> str:
    out = StringIO()
    call_command("create_operator", *arguments, stdout=out)
    return out.getvalue()


def test_operator_is_created_with_the_password_that_was_typed(public, monkeypatch):
    monkeypatch.setattr(COMMAND, lambda _: "un-secreto-bien-largo")

    said = create_operator("op@turnero.example", "Olivia", "--locale=en")

    operator = User.objects.get()
    assert said.startswith("op@turnero.example may sign in as an operator; the first sign-in asks")
    assert (operator.role, operator.name, operator.locale) == ("operator", "Olivia", "en")
    assert operator.check_password("un-secreto-bien-largo")


def test_operator_with_a_weak_password_is_refused(public, monkeypatch):
    monkeypatch.setattr(COMMAND, lambda _: "corta")

    with pytest.raises(CommandError, match="10"):
        create_operator("op@turnero.example", "Olivia")

    assert User.objects.count() == 0


def test_operator_who_cannot_be_written_to_is_refused(public, monkeypatch):
    monkeypatch.setattr(COMMAND, lambda _: "un-secreto-bien-largo")

    with pytest.raises(CommandError, match="e-mail"):
        create_operator("op@[127.0.0.1]", "Olivia")

    assert User.objects.count() == 0


def test_second_operator_with_one_address_is_refused(public, monkeypatch):
    monkeypatch.setattr(COMMAND, lambda _: "un-secreto-bien-largo")
    create_operator("op@turnero.example", "Olivia")

    with pytest.raises(CommandError, match="already signs in"):
        create_operator("OP@turnero.example", "Otra")

    assert User.objects.count() == 1
