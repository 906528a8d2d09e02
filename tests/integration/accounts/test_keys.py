"""Keys of programs: made with a password, kept as a hash, worth what their person may, and ended at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.errors import KeyInvalid, KeyUnknown, PermissionMissing, ProofWrong, TooManyKeys
from accounts.models import ApiKey, EmailChange, User
from accounts.selectors.keys import get_key, list_keys
from accounts.services import keys, own_account, second_step, team
from accounts.types import NewKey, Proof
from audit.models import Entry
from kernel.clock import utc_now
from kernel.ids import hash_token
from notifications.models import Message
from tenants.context import tenant_scope
from tenants.errors import StatusForbids
from tests.conftest import OWNER_PASSWORD
from tests.factories.accounts import make_key

READ = {"bookings": "read"}


@pytest.fixture
def owner(tenant) -> User:
    return User.objects.get(role="owner")


@pytest.fixture
def manager(tenant) -> User:
    return User.objects.create(email="manager@example.com", name="Marta", role="manager")


def prove(password: str = OWNER_PASSWORD) -> Proof:
    return Proof(network="203.0.113.0/24", now=utc_now(), password=password)


def create(by: User, name: str = "Accounting", **changes: object) -> object:
    return keys.create_key(NewKey(name, **({"access": READ} | changes)), by=by, proof=prove())


def list_logged() -> list[tuple[int, int | None, dict]]:
    return list(Entry.objects.filter(noun="person").order_by("pk").values_list("row_id", "user_id", "fields"))


def test_key_is_shown_once_and_kept_as_a_hash(owner):
    made = create(owner, "  The   accounting ", access={"bookings": "write", "unheard-of": "write"})

    row = ApiKey.objects.values("name", "prefix", "token_hash", "access", "user_id", "revoked_at").get()
    assert (made.token[:3], len(made.token) > 43, made.token in repr(made)) == ("tk_", True, False)
    assert str(ApiKey.objects.get()) == made.token[:9]
    assert row == {
        "name": "The accounting",
        "prefix": made.token[:9],
        "token_hash": hash_token(made.token),
        "access": {"bookings": "write"},
        "user_id": owner.pk,
        "revoked_at": None,
    }
    assert list_logged() == [(owner.pk, owner.pk, {"api_key": [None, made.key.prefix]})]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": " "}, ["name"]),
        ({"name": "x" * 61}, ["name"]),
        ({"name": "a\x07b"}, ["name"]),
        ({"access": {}}, ["access"]),
        ({"access": {"unheard-of": "write"}}, ["access"]),
        ({"name": "", "access": {}}, ["name", "access"]),
    ],
)
def test_key_that_cannot_be_is_refused_at_its_fields(owner, changes, fields):
    with pytest.raises(KeyInvalid) as refused:
        create(owner, **changes)

    assert (list(refused.value.errors), ApiKey.objects.count()) == (fields, 0)


def test_names_of_keys_that_work_are_their_own(owner):
    first = create(owner, "Accounting").key
    with pytest.raises(KeyInvalid) as refused:
        create(owner, "ACCOUNTING")
    keys.revoke_key(first.id, by=owner, now=utc_now())

    again = create(owner, "ACCOUNTING").key

    assert list(refused.value.errors) == ["name"]
    assert [key.id for key in list_keys()] == [again.id, first.id]


def test_wrong_password_makes_no_key(owner):
    with pytest.raises(ProofWrong):
        keys.create_key(NewKey("Accounting", READ), by=owner, proof=prove("wrong"))

    assert ApiKey.objects.count() == 0


def test_code_works_again_where_no_key_was_made(owner, monkeypatch):
    """Proof and key are one transaction: what refuses the key takes the code back, too."""
    codes = second_step.seed(owner.email, secret=second_step.new_setup(owner)[0])
    proof = replace(prove(), code=codes[0])
    monkeypatch.setattr(keys, "MOST_KEYS", 0)
    with pytest.raises(TooManyKeys):
        keys.create_key(NewKey("Accounting", READ), by=owner, proof=proof)
    monkeypatch.undo()

    made = keys.create_key(NewKey("Accounting", READ), by=owner, proof=proof)

    assert made.key.name == "Accounting"
    with pytest.raises(ProofWrong):
        keys.create_key(NewKey("Other", READ), by=owner, proof=proof)


def test_whoever_lost_the_right_meanwhile_makes_no_key(owner):
    User.objects.filter(pk=owner.pk).update(role="receptionist")

    with pytest.raises(PermissionMissing):
        create(owner)

    assert ApiKey.objects.count() == 0


def test_a_business_has_so_many_keys_and_no_more(owner, monkeypatch):
    monkeypatch.setattr(keys, "MOST_KEYS", 2)
    for number in range(2):
        create(owner, f"Key {number}")
    make_key(READ, revoked_at=utc_now())

    with pytest.raises(TooManyKeys):
        create(owner, "One more")

    assert ApiKey.objects.filter(revoked_at=None).count() == 2


def test_business_that_may_change_nothing_makes_no_key(tenant, owner):
    with tenant_scope(replace(tenant, status="suspended")), pytest.raises(StatusForbids):
        create(owner)

    assert ApiKey.objects.count() == 0


def test_revoked_key_ends_at_once_and_for_good(owner):
    made = create(owner)

    names = [keys.revoke_key(made.key.id, by=owner, now=utc_now()) for _ in range(2)]

    assert (names, keys.use_key(made.token, now=utc_now())) == (["Accounting"] * 2, None)
    assert get_key(made.key.id).revoked_at is not None
    assert list_logged()[1:] == [(owner.pk, owner.pk, {"api_key": [made.key.prefix, None]})]


@pytest.mark.parametrize("act", [get_key, lambda number: keys.revoke_key(number, by=None, now=utc_now())])
def test_key_that_does_not_exist(tenant, act):
    with pytest.raises(KeyUnknown):
        act(999)


@pytest.mark.parametrize("token", ["", "tk_", "tk_x", "x", "tk_" + "x" * 300])
def test_what_is_no_key_opens_nothing(tenant, token):
    assert keys.use_key(token, now=utc_now()) is None


def test_what_only_looks_like_a_key_is_not_looked_up(tenant, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert [keys.use_key(token, now=utc_now()) for token in ("sk_x", "tk_" + "x" * 300)] == [None, None]


def test_use_is_noted_once_a_minute(owner, django_assert_num_queries):
    token, now = make_key(READ), utc_now()
    seen = []
    for seconds, queries in ((0, 2), (59, 1), (60, 2), (61, 1)):
        with django_assert_num_queries(queries):
            person, key = keys.use_key(token, now=now + timedelta(seconds=seconds))
        seen.append((person.pk, key.access, ApiKey.objects.get().last_used_at - now))

    assert seen == [(owner.pk, READ, timedelta(seconds=each)) for each in (0, 0, 60, 60)]


@pytest.mark.parametrize("role", ["receptionist", "provider", "read_only"])
def test_keys_end_when_their_person_may_have_none(owner, manager, role):
    token = make_key(READ, person=manager)
    team.change_role(manager.pk, role=role, by=owner, proof=prove())

    lowered = keys.use_key(token, now=utc_now())
    team.change_role(manager.pk, role="manager", by=owner, proof=prove())

    assert (lowered, keys.use_key(token, now=utc_now())) == (None, None)
    assert [key.revoked_at is None for key in list_keys()] == [False]


def test_keys_stay_when_their_person_may_still_have_some(owner, manager):
    token = make_key(READ, person=manager)
    team.change_role(manager.pk, role="owner", by=owner, proof=prove())

    assert keys.use_key(token, now=utc_now()) is not None


def test_keys_end_with_the_access_of_their_person(owner, manager):
    tokens = [make_key(READ, person=person) for person in (manager, owner)]
    team.deactivate(manager.pk, by=owner, now=utc_now())
    team.reactivate(manager.pk, by=owner, now=utc_now())

    assert [keys.use_key(token, now=utc_now()) is None for token in tokens] == [True, False]
    assert (manager.pk, owner.pk, {"api_key": [tokens[0][:9], None]}) in list_logged()


def test_person_who_is_shut_out_in_another_way_has_no_key_either(owner):
    token = make_key(READ)
    User.objects.filter(pk=owner.pk).update(is_active=False)

    assert keys.use_key(token, now=utc_now()) is None


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_one_query(owner, number, django_assert_num_queries):
    for _ in range(number):
        make_key(READ)

    with django_assert_num_queries(1):
        assert [key.person for key in list_keys()] == ["Olga Owner"] * number


@pytest.mark.parametrize("is_by_link", [True, False])
def test_keys_end_with_a_password_that_is_set_by_a_link(owner, manager, is_by_link):
    """The mail about it says that it shuts everybody else out."""
    own, other = make_key(READ), make_key(READ, person=manager)

    own_account.replace_password(owner, "otra-clave-larga", is_by_link=is_by_link, session_key=None, now=utc_now())

    assert [keys.use_key(token, now=utc_now()) is None for token in (own, other)] == [is_by_link, False]


def test_person_is_told_of_a_key(owner):
    create(owner)

    (message,) = Message.objects.all()
    assert (message.template, message.to) == ("sign_in_changed", owner.email)
    assert "Se creó una clave para un programa: con ella, un programa actúa en tu nombre." in message.body_text


def test_keys_end_with_an_email_that_is_taken_back(owner, manager):
    """Whoever asked for another e-mail knew the password, and may have made a key with it."""
    stolen, other = make_key(READ), make_key(READ, person=manager)
    hashes = {"confirm_hash": hash_token("confirm"), "revert_hash": hash_token("revert")}
    EmailChange.objects.create(user=owner, old_email=owner.email, new_email="x@y.example", asked_at=utc_now(), **hashes)

    own_account.take_email_link("revert", now=utc_now())

    assert [keys.use_key(token, now=utc_now()) is None for token in (stolen, other)] == [True, False]
    assert list_logged()[-1] == (owner.pk, owner.pk, {"api_key": [stolen[:9], None]})
