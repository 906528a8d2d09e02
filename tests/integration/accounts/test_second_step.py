"""The second step: codes count once, wrong ones are counted, secrets are encrypted, resets are logged."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from io import StringIO
from threading import Barrier, BrokenBarrierError

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from accounts import hooks
from accounts.errors import OwnSecondStep, PersonUnknown, ProofWrong, SecondStepIsOff, SecondStepIsOn, SecondStepNeeded
from accounts.models import User
from accounts.services import second_step
from accounts.services.sealing import seal, unseal
from accounts.types import Proof
from audit.models import Entry
from audit.public.models import PlatformEntry
from audit.services.resets import log_reset
from kernel.clock import utc_now
from kernel.errors import LimitReached
from tenants.jobs import call_in_tenant
from tests.conftest import OWNER_PASSWORD
from tests.factories.accounts import SECRET, make_operator

pytestmark = pytest.mark.usefixtures("lone_platform")

NOW = datetime(2026, 11, 26, 12, 0, 5, tzinfo=UTC)


@pytest.fixture
def clock(tenants):
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def owner(tenant) -> User:
    return User.objects.get(role="owner")


@pytest.fixture
def guarded(owner) -> User:
    second_step.seed(owner.email, secret=SECRET)
    owner.refresh_from_db()
    return owner


def prove(code: str | None = None, password: str | None = OWNER_PASSWORD, network: str = "198.51.100.7") -> Proof:
    code = second_step.make_code(SECRET) if code is None else code
    return Proof(network=network, now=utc_now(), password=password, code=code)


def list_kinds(user: User) -> list[str]:
    return sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))


def test_codes_are_those_of_rfc_6238(clock):
    """Appendix B, its secret of twenty digits; we show the last six of its eight digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    seconds = {59: "287082", 1_111_111_109: "081804", 1_111_111_111: "050471", 1_234_567_890: "005924"}

    for second, code in seconds.items():
        clock.move_to(second)
        assert second_step.make_code(secret) == code


def test_switching_on_needs_password_and_code_and_gives_recovery_codes(owner, clock):
    secret, sealed = second_step.new_setup(owner)

    done = second_step.switch_on(
        owner, secret=second_step.read_setup(owner, sealed), proof=prove(second_step.make_code(secret))
    )

    owner.refresh_from_db()
    assert (owner.second_step, len(done.recovery_codes), len(set(done.recovery_codes))) == (done.session_mark, 10, 10)
    assert list_kinds(owner) == ["recovery_codes", "totp"]
    assert second_step.count_recovery_codes(owner) == 10


@pytest.mark.parametrize(
    ("proof", "field"),
    [
        ({"password": "falsa"}, "password"),
        ({"password": ""}, "password"),
        ({"code": "000000"}, "code"),
        ({"code": ""}, "code"),
    ],
)
def test_nothing_is_switched_on_with_a_wrong_proof(owner, clock, proof, field):
    with pytest.raises(ProofWrong) as caught:
        second_step.switch_on(owner, secret=SECRET, proof=prove(**proof))

    assert list(caught.value.errors) == [field]
    assert (list_kinds(owner), User.objects.get(pk=owner.pk).second_step) == ([], "")


def test_switched_on_twice_is_refused_and_the_first_stays(guarded):
    with pytest.raises(SecondStepIsOn):
        second_step.switch_on(guarded, secret="A" * 32, proof=prove())

    assert second_step.take_step(guarded, proof=prove()) == guarded.second_step


def test_setup_of_another_person_or_of_yesterday_is_not_read(owner, clock):
    other = User.objects.create(email="b@example.com", name="B", role="manager")
    secret, sealed = second_step.new_setup(owner)

    read = [second_step.read_setup(owner, sealed), second_step.read_setup(other, sealed)]
    clock.shift(second_step.SETUP_SECONDS + 1)

    assert [*read, second_step.read_setup(owner, sealed), second_step.read_setup(owner, "x")] == [
        secret, None, None, None,
    ]  # fmt: skip


def test_secrets_are_encrypted_in_the_database(guarded):
    kept = {row.type: row.data for row in Authenticator.objects.filter(user=guarded)}

    assert SECRET not in str(kept)
    assert unseal(kept["totp"]["secret"]) == SECRET
    assert kept["recovery_codes"]["seed"].startswith("gAAAA")


def test_secret_of_the_platform_can_be_changed_while_the_old_one_is_listed():
    with override_settings(SECRET_KEY="old"):
        sealed = seal("x")

    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["old"]):
        assert unseal(sealed) == "x"
    with override_settings(SECRET_KEY="new"), pytest.raises(ValueError, match="sealed elsewhere"):
        unseal(sealed)


def test_secret_that_nobody_can_read_any_more_lets_nobody_in(guarded, clock, caplog):
    with override_settings(SECRET_KEY="another"), pytest.raises(ProofWrong):
        second_step.take_step(guarded, proof=prove())

    assert [record.message for record in caplog.records] == ["second_step_unreadable"]


def test_code_counts_once_and_so_does_the_one_before_it(guarded, clock):
    code, earlier = second_step.make_code(SECRET), prove()
    clock.shift(-30)
    before = second_step.make_code(SECRET)
    clock.shift(30)

    taken = second_step.take_step(guarded, proof=earlier)
    refused = []
    for again in (code, before):
        with pytest.raises(ProofWrong):
            second_step.take_step(guarded, proof=prove(again))
        refused.append(again)

    assert (taken, len(refused)) == (guarded.second_step, 2)


@pytest.mark.parametrize(("seconds", "is_taken"), [(-65, False), (-30, True), (0, True), (30, True), (65, False)])
def test_clocks_may_differ_by_half_a_minute(guarded, clock, seconds, is_taken):
    code = second_step.make_code(SECRET)
    clock.shift(seconds)

    if is_taken:
        assert second_step.take_step(guarded, proof=prove(code)) == guarded.second_step
    else:
        with pytest.raises(ProofWrong):
            second_step.take_step(guarded, proof=prove(code))


def test_code_may_be_typed_with_a_blank_in_the_middle(guarded, clock):
    code = second_step.make_code(SECRET)

    assert second_step.take_step(guarded, proof=prove(f" {code[:3]} {code[3:]} ")) == guarded.second_step


def test_recovery_code_counts_once(guarded, clock):
    code, *_ = second_step.renew_recovery_codes(guarded, proof=prove())

    taken = second_step.take_step(guarded, proof=prove(code))
    with pytest.raises(ProofWrong):
        second_step.take_step(guarded, proof=prove(code))

    assert (taken, second_step.count_recovery_codes(guarded)) == (guarded.second_step, 9)


def test_new_recovery_codes_replace_the_old_ones(guarded, clock):
    old = second_step.renew_recovery_codes(guarded, proof=prove())
    clock.shift(60)

    new = second_step.renew_recovery_codes(guarded, proof=prove())

    assert set(old) & set(new) == set()
    with pytest.raises(ProofWrong):
        second_step.take_step(guarded, proof=prove(old[0]))


def test_of_two_who_type_the_same_code_at_once_one_gets_in(scratch_tenant, django_db_blocker, monkeypatch):
    meeting, find = Barrier(2), second_step._find_counter

    def find_together(*args: object, **kwargs: object) -> int | None:
        """Let both look before either writes; behind the lock nobody comes, and the first goes on alone."""
        with suppress(BrokenBarrierError):
            meeting.wait(timeout=1)
        return find(*args, **kwargs)

    def seed() -> str:
        second_step.seed(User.objects.get(role="owner").email, secret=SECRET)
        return second_step.make_code(SECRET)

    def enter(code: str) -> bool:
        try:
            call_in_tenant(
                scratch_tenant.schema_name,
                lambda: second_step.take_step(User.objects.get(role="owner"), proof=prove(code)),
            )
        except ProofWrong:
            return False
        finally:
            connection.close()
        return True

    with django_db_blocker.unblock():
        code = call_in_tenant(scratch_tenant.schema_name, seed)
        monkeypatch.setattr(second_step, "_find_counter", find_together)
        with ThreadPoolExecutor(2) as pool:
            outcomes = sorted(pool.map(enter, [code] * 2))

    assert outcomes == [False, True]


def test_switching_off_needs_password_and_code(guarded, clock):
    for wrong in ({"password": "falsa"}, {"code": "000000"}, {"password": None}, {"code": ""}):
        with pytest.raises(ProofWrong):
            second_step.switch_off(guarded, proof=prove(**wrong))
    assert list_kinds(guarded) == ["recovery_codes", "totp"]

    second_step.switch_off(guarded, proof=prove())

    assert (list_kinds(guarded), User.objects.get(pk=guarded.pk).second_step) == ([], "")
    with pytest.raises(SecondStepIsOff):
        second_step.switch_off(guarded, proof=prove())


def test_operator_cannot_switch_it_off(tenants, db, clock):
    operator = make_operator()

    with pytest.raises(SecondStepNeeded):
        second_step.switch_off(operator, proof=prove())

    assert list_kinds(operator) == ["recovery_codes", "totp"]


def test_too_many_wrong_codes_from_one_network_are_refused_there_alone(guarded, clock):
    for _ in range(5):
        with pytest.raises(ProofWrong):
            second_step.take_step(guarded, proof=prove("000000"))

    with pytest.raises(LimitReached):
        second_step.take_step(guarded, proof=prove())
    elsewhere = second_step.take_step(guarded, proof=prove(network="203.0.113.9"))

    assert elsewhere == guarded.second_step


def test_too_many_wrong_codes_from_everywhere_are_refused_everywhere(guarded, clock):
    for number in range(10):
        with pytest.raises(ProofWrong):
            second_step.take_step(guarded, proof=prove("000000", network=f"203.0.113.{number}"))

    with pytest.raises(LimitReached):
        second_step.take_step(guarded, proof=prove(network="192.0.2.1"))
    clock.shift(3601)

    assert second_step.take_step(guarded, proof=prove(network="192.0.2.2")) == guarded.second_step


def test_right_codes_count_for_nothing(guarded, clock):
    for _ in range(8):
        assert second_step.take_step(guarded, proof=prove()) == guarded.second_step
        clock.shift(30)


def test_owner_takes_off_the_step_of_somebody_and_it_is_logged(owner, clock):
    person = User.objects.create(email="eva@example.com", name="Eva", role="provider")
    second_step.seed(person.email, secret=SECRET)

    for _ in range(2):
        second_step.reset(person.pk, by=owner, proof=prove(code=""))
        second_step.seed(person.email, secret=SECRET)

    rows = Entry.objects.filter(noun="person").order_by("version").values_list("row_id", "version", "user_id", "fields")
    assert list(rows) == [(person.pk, version, owner.pk, {"second_step": [True, False]}) for version in (1, 2)]
    assert PlatformEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("who", "proof", "error"),
    [
        ("self", {}, OwnSecondStep),
        ("nobody", {}, PersonUnknown),
        ("without", {}, SecondStepIsOff),
        ("with", {"password": "falsa"}, ProofWrong),
    ],
)
def test_reset_that_is_refused_changes_nothing(guarded, clock, who, proof, error):
    made = {name: User.objects.create(email=f"{name}@example.com", name=name) for name in ("with", "without")}
    second_step.seed("with@example.com", secret=SECRET)
    ids = {**{name: user.pk for name, user in made.items()}, "self": guarded.pk, "nobody": 987_654}

    with pytest.raises(error):
        second_step.reset(ids[who], by=guarded, proof=prove(code="", **proof))

    assert [bool(each.second_step) for each in User.objects.filter(pk__in=[guarded.pk, made["with"].pk])] == [
        True,
        True,
    ]
    assert Entry.objects.filter(noun="person").count() == 0


def test_command_resets_an_operator_and_the_platforms_log_says_so(tenants, db):
    operator, said = make_operator(), StringIO()

    call_command("reset_second_step", "OP@example.com", stdout=said)

    operator.refresh_from_db()
    assert (operator.second_step, list_kinds(operator)) == ("", [])
    assert said.getvalue().startswith("Op signs in with the password alone now")
    rows = PlatformEntry.objects.values_list("action", "author_id", "person_id", "schema_name")
    assert list(rows) == [("reset_second_step", None, operator.pk, "")]


def test_command_resets_an_owner_and_both_logs_say_so(guarded, tenant):
    call_command("reset_second_step", guarded.email, schema=tenant.schema_name, stdout=StringIO())

    assert User.objects.get(pk=guarded.pk).second_step == ""
    assert Entry.objects.filter(noun="person", row_id=guarded.pk, user_id=None).count() == 1
    rows = PlatformEntry.objects.values_list("action", "person_id", "schema_name", "business_name")
    assert list(rows) == [("reset_second_step", None, tenant.schema_name, tenant.name)]


@pytest.mark.parametrize("options", [{}, {"schema": "t0_nobody"}])
def test_command_says_when_there_is_nobody(tenants, db, options):
    make_operator()

    with pytest.raises(CommandError):
        call_command("reset_second_step", "nobody@example.com", **options)

    assert PlatformEntry.objects.count() == 0


def test_seed_of_nobody_is_refused(tenant):
    with pytest.raises(PersonUnknown):
        second_step.seed("nobody@example.com", secret=SECRET)


def test_writer_of_resets_is_called_once_however_often_it_registers(owner, clock):
    hooks.register_reset_writer(log_reset)
    person = User.objects.create(email="eva@example.com", name="Eva", role="provider")
    second_step.seed(person.email, secret=SECRET)

    second_step.reset(person.pk, by=owner, proof=prove(code=""))

    assert Entry.objects.filter(noun="person").count() == 1


def test_account_without_recovery_codes_has_none(owner):
    assert second_step.count_recovery_codes(owner) == 0
