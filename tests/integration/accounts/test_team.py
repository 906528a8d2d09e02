"""What people may do, and who may not sign in any more; a business always has an owner."""

from __future__ import annotations

import pytest
from django.core import mail

from accounts.errors import LastOwner, OwnRights, PermissionMissing, PersonInvalid, PersonUnknown, ProofWrong
from accounts.models import Invitation, Session, User
from accounts.selectors.team import get_person, list_people
from accounts.services import invitations, second_step, team
from accounts.types import NewPerson, Proof
from audit.models import Entry
from kernel.clock import utc_now
from tenants.selectors.ideas import list_ideas
from tenants.services.ideas import tell_idea
from tests.conftest import OWNER_PASSWORD, HostClient
from tests.factories.accounts import SECRET
from tests.fakes.due_work import send_messages


@pytest.fixture
def owner(tenant) -> User:
    return User.objects.get(role="owner")


@pytest.fixture
def ana(tenant) -> User:
    return User.objects.create(email="ana@taller.example", name="Ana", role="provider")


@pytest.fixture
def second(tenant) -> User:
    return User.objects.create(email="second@taller.example", name="Segunda", role="owner")


@pytest.fixture
def guarded(owner) -> User:
    """The owner, with a second step."""
    second_step.seed(owner.email, secret=SECRET)
    owner.refresh_from_db()
    return owner


def prove(password: str | None = None, code: str | None = None) -> Proof:
    return Proof(network="203.0.113.5", now=utc_now(), password=password, code=code)


def read_log(person: User) -> list[tuple]:
    return list(
        Entry.objects.filter(noun="person", row_id=person.pk).order_by("version").values_list("fields", "user_id")
    )


def test_a_role_changes_and_is_written_down(tenant, owner, ana):
    changed = [team.change_role(ana.pk, role="manager", by=owner, proof=prove()) for _ in range(2)]

    assert (changed, get_person(ana.pk).role) == ([True, False], "manager")
    assert read_log(ana) == [({"role": ["provider", "manager"]}, owner.pk)]


def test_what_somebody_told_us_stays_without_them_when_they_leave(tenant, owner, ana, second):
    for person, text in ((ana, "Falta la hora"), (second, "Faltan colores")):
        tell_idea(text=text, page="", user_id=person.pk, now=utc_now())

    team.deactivate(ana.pk, by=owner, now=utc_now())

    assert [(each.text, each.user_id) for each in list_ideas().rows] == [
        ("Faltan colores", second.pk), ("Falta la hora", None),
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["operator", "king", ""])
def test_a_role_that_is_none_is_refused(tenant, owner, ana, role):
    with pytest.raises(PersonInvalid) as refused:
        team.change_role(ana.pk, role=role, by=owner, proof=prove(OWNER_PASSWORD))

    assert (set(refused.value.errors), get_person(ana.pk).role) == ({"role"}, "provider")


def test_an_owner_is_made_with_the_password_and_the_others_hear_of_it(tenant, owner, ana):
    with pytest.raises(ProofWrong):
        team.change_role(ana.pk, role="owner", by=owner, proof=prove("equivocada"))
    assert get_person(ana.pk).role == "provider"

    team.change_role(ana.pk, role="owner", by=owner, proof=prove(OWNER_PASSWORD))

    send_messages(tenant.schema_name)
    assert get_person(ana.pk).role == "owner"
    assert [(message.to, "Ana tiene el rol de dueño" in message.body) for message in mail.outbox] == [
        (["owner@taller.example"], True)
    ]


@pytest.mark.parametrize(
    ("act", "made"),
    [
        (lambda owner, ana, proof: team.change_role(ana.pk, role="owner", by=owner, proof=proof), ("owner", [])),
        (lambda owner, ana, proof: team.hand_over(ana.pk, by=owner, proof=proof), ("owner", [])),
        (
            lambda owner, ana, proof: invitations.invite(
                NewPerson("x@example.com", "owner", "es"), by=owner, proof=proof
            ),
            ("provider", ["owner"]),
        ),
    ],
    ids=["role", "hand over", "invite"],
)
def test_whoever_has_a_second_step_makes_an_owner_with_its_code(tenant, guarded, ana, act, made):
    for code in (None, "", "000000"):
        with pytest.raises(ProofWrong) as refused:
            act(guarded, ana, prove(OWNER_PASSWORD, code))
        assert set(refused.value.errors) == {"code"}
    with pytest.raises(ProofWrong) as refused:
        act(guarded, ana, prove("equivocada", second_step.make_code(SECRET)))
    assert set(refused.value.errors) == {"password"}
    assert [get_person(each.pk).role for each in (guarded, ana)] == ["owner", "provider"]
    assert Invitation.objects.count() == 0
    code = second_step.make_code(SECRET)

    act(guarded, ana, prove(OWNER_PASSWORD, code))
    with pytest.raises((ProofWrong, PermissionMissing)):  # a code counts once
        invitations.invite(NewPerson("y@example.com", "owner", "es"), by=guarded, proof=prove(OWNER_PASSWORD, code))

    assert (get_person(ana.pk).role, list(Invitation.objects.values_list("role", flat=True))) == made


def test_nobody_takes_rights_off_themselves(tenant, owner, second):
    for act in (
        lambda: team.change_role(owner.pk, role="manager", by=owner, proof=prove()),
        lambda: team.deactivate(owner.pk, by=owner, now=utc_now()),
        lambda: team.hand_over(owner.pk, by=owner, proof=prove(OWNER_PASSWORD)),
    ):
        with pytest.raises(OwnRights):
            act()

    person = get_person(owner.pk)
    assert (person.role, person.is_active, read_log(owner)) == ("owner", True, [])


def test_deactivated_means_signed_out_everywhere(tenant, owner, ana):
    clients = [HostClient(tenant.primary_host) for _ in range(2)]
    for client in clients:
        client.force_login(ana)
    assert [client.get("/workspace/").status_code for client in clients] == [200, 200]

    names = [team.deactivate(ana.pk, by=owner, now=utc_now()) for _ in range(2)]

    assert (names, [client.get("/workspace/").status_code for client in clients]) == (["Ana", "Ana"], [302, 302])
    assert Session.objects.filter(user=ana).count() == 0
    assert read_log(ana) == [({"is_active": [True, False]}, owner.pk)]


def test_reactivated_is_as_before(tenant, owner, ana):
    team.deactivate(ana.pk, by=owner, now=utc_now())

    names = [team.reactivate(ana.pk, by=owner, now=utc_now()) for _ in range(2)]

    person = get_person(ana.pk)
    assert (names, person.is_active, person.role) == (["Ana", "Ana"], True, "provider")
    assert [fields for fields, _ in read_log(ana)] == [{"is_active": [True, False]}, {"is_active": [False, True]}]


def test_ownership_is_handed_over_with_the_password(tenant, owner, ana):
    with pytest.raises(ProofWrong):
        team.hand_over(ana.pk, by=owner, proof=prove("equivocada"))
    assert [get_person(each.pk).role for each in (owner, ana)] == ["owner", "provider"]

    assert team.hand_over(ana.pk, by=owner, proof=prove(OWNER_PASSWORD)) == "Ana"

    assert [get_person(each.pk).role for each in (owner, ana)] == ["manager", "owner"]


def test_handing_over_to_an_owner_takes_only_from_oneself(tenant, owner, second):
    assert team.hand_over(second.pk, by=owner, proof=prove(OWNER_PASSWORD)) == "Segunda"

    assert [get_person(each.pk).role for each in (owner, second)] == ["manager", "owner"]
    assert (read_log(second), read_log(owner)) == ([], [({"role": ["owner", "manager"]}, owner.pk)])
    send_messages(tenant.schema_name)
    assert mail.outbox == []


def test_nothing_is_handed_over_to_somebody_who_is_switched_off(tenant, owner, ana):
    team.deactivate(ana.pk, by=owner, now=utc_now())

    with pytest.raises(PersonUnknown):
        team.hand_over(ana.pk, by=owner, proof=prove(OWNER_PASSWORD))

    assert get_person(owner.pk).role == "owner"


@pytest.mark.parametrize("role", ["manager", "receptionist"])
def test_whoever_is_no_owner_any_more_does_nothing(tenant, owner, ana, second, role):
    User.objects.filter(pk=second.pk).update(role=role)

    for act in (
        lambda: team.change_role(ana.pk, role="manager", by=second, proof=prove()),
        lambda: team.deactivate(owner.pk, by=second, now=utc_now()),
        lambda: team.reactivate(ana.pk, by=second, now=utc_now()),
    ):
        with pytest.raises(PermissionMissing):
            act()

    assert [(each.role, each.is_active) for each in (get_person(owner.pk), get_person(ana.pk))] == [
        ("owner", True), ("provider", True),
    ]  # fmt: skip


def test_nobody_is_nobody(tenant, owner):
    with pytest.raises(PersonUnknown):
        team.deactivate(owner.pk + 1000, by=owner, now=utc_now())
    with pytest.raises(PersonUnknown):
        get_person(owner.pk + 1000)
    with pytest.raises(PersonUnknown):
        team.change_role(owner.pk + 1000, role="manager", by=owner, proof=prove())


def test_the_last_owner_cannot_leave(tenant, owner, ana):
    with pytest.raises(LastOwner):
        team.leave(owner, proof=prove(OWNER_PASSWORD))
    assert get_person(owner.pk).is_active is True

    team.hand_over(ana.pk, by=owner, proof=prove(OWNER_PASSWORD))
    with pytest.raises(ProofWrong):
        team.leave(owner, proof=prove("equivocada"))
    team.leave(owner, proof=prove(OWNER_PASSWORD))

    assert get_person(owner.pk).is_active is False


@pytest.mark.parametrize("count", [1, 3])
def test_people_are_listed_in_one_query(tenant, django_assert_num_queries, count):
    for number in range(count):
        User.objects.create(email=f"a{number}@x.example", name=f"Ana{number}", role="provider", is_active=number != 1)

    with django_assert_num_queries(1):
        people = list_people()

    assert [each.name for each in people] == [*(f"Ana{number}" for number in range(count)), "Olga Owner"]
