"""A domain of a business's own: it answers only while it is proven and leads here, whatever somebody types."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.db import connection, connections

from audit.selectors.log import list_changes
from audit.services.addresses import ADDRESS
from outgoing import records
from tenants.context import current_tenant
from tenants.enums import DomainState, TenantStatus
from tenants.errors import CheckedJustNow, DomainInvalid, DomainTaken, DomainUnknown, StatusForbids, TooManyDomains
from tenants.jobs import call_in_tenant, call_outside
from tenants.models import Domain, DueWork, OwnDomain, Tenant
from tenants.selectors.addresses import find_own_domain
from tenants.selectors.resolution import find_tenant, forget_tenants, resolve_host
from tenants.services.addresses import claims
from tenants.services.addresses.answering import CHECK_KIND
from tenants.services.addresses.checks import check_domain
from tenants.services.addresses.moving import change_address
from tenants.services.life_cycle import add_domain, drop_tenant
from tests.conftest import HostClient
from tests.fakes.due_work import send_messages
from tests.fakes.name_server import NameServer, serve_names
from tests.harness.mails import read_subject

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NAME, TARGET = "citas.tallermorales.mx", "negocios.testserver.example"
HOME = "taller.testserver.example"


@pytest.fixture
def names(settings, monkeypatch):
    monkeypatch.setattr(records, "SERVER_SECONDS", 0.2)
    monkeypatch.setattr(records, "LOOK_SECONDS", 0.4)
    with serve_names() as server:
        settings.DNS_SERVERS = (server.address,)
        server.write(TARGET, "A", "192.0.2.1", "192.0.2.2")
        yield server


@pytest.fixture(autouse=True)
def forgotten():
    forget_tenants()
    yield
    forget_tenants()


def claim(typed: str = NAME, *, now: datetime = NOW) -> OwnDomain:
    claims.claim_domain(typed=typed, author_id=None, now=now)
    return OwnDomain.objects.get(tenant_id=current_tenant().id)


def look(now: datetime) -> OwnDomain:
    """Let a worker look, and see everything as the next request would."""
    own = OwnDomain.objects.get(tenant_id=current_tenant().id)
    check_domain(own.pk, now)
    forget_tenants()
    return OwnDomain.objects.get(pk=own.pk)


def prove(names: NameServer, own: OwnDomain) -> None:
    names.write(f"_turnero.{own.name}", "TXT", "v=spf1 -all", f"turnero-verificar={own.token}")


def point(names: NameServer, name: str = NAME) -> None:
    names.write(name, "CNAME", TARGET)


@pytest.fixture
def verified(tenant, names) -> OwnDomain:
    own = claim()
    prove(names, own)
    point(names)
    return look(NOW)


def elsewhere(schema_name: str, function, *args, **kwargs):
    """Do something as another business."""
    return call_outside(call_in_tenant, schema_name, function, *args, **kwargs)


def find_due(own: OwnDomain) -> datetime:
    return DueWork.objects.get(kind=CHECK_KIND, row_id=own.pk, schema_name=connection.schema_name).due_at


def test_typed_domain_answers_nothing_until_it_is_verified(tenant, names):
    own = claim("https://Citas.TallerMorales.mx/")

    found = look(NOW)
    answer = HostClient(NAME).get("/")

    assert (own.name, own.state, len(own.token)) == (NAME, DomainState.WAITING, 20)
    assert (found.state, found.has_proof, found.is_pointed, found.points_to) == (DomainState.WAITING, False, False, "")
    assert (answer.status_code, resolve_host(NAME)) == (404, None)
    assert find_tenant(tenant.schema_name).primary_host == HOME


@pytest.mark.parametrize("has_proof", [True, False])
def test_half_of_it_is_not_enough(tenant, names, has_proof):
    own = claim()
    if has_proof:
        prove(names, own)
        names.write(NAME, "CNAME", "parking.registrar.example")
        names.write("parking.registrar.example", "A", "192.0.2.99")
    else:
        point(names)

    found = look(NOW)

    assert (found.state, found.has_proof, found.is_pointed) == (DomainState.WAITING, has_proof, not has_proof)
    assert found.points_to == ("parking.registrar.example" if has_proof else "")
    assert resolve_host(NAME) is None


def test_verified_domain_answers_and_links_name_it(verified, tenant):
    found = resolve_host(f"{NAME.upper()}.:443")

    page = HostClient(NAME).get("/")
    home = HostClient(HOME).get("/")

    assert (verified.state, verified.state_since) == (DomainState.VERIFIED, NOW)
    assert (found.schema_name, found.primary_host, found.home_host) == (tenant.schema_name, NAME, HOME)
    assert (page.status_code, home.status_code) == (200, 200)
    assert [HostClient(host).get("/").status_code for host in (f"www.{NAME}", "tallermorales.mx")] == [404, 404]


def test_owners_hear_of_it_and_the_log_keeps_it(verified, tenant):
    mail.outbox.clear()
    send_messages(tenant.schema_name)

    (sent,) = mail.outbox
    assert sent.to == ["owner@taller.example"]
    assert (NAME in read_subject(sent), HOME in sent.body) == (True, True)
    lines = [field for each in list_changes(noun=ADDRESS, row_id=tenant.id) for field in each.fields]
    assert [(field.name, field.new) for field in lines] == [("verified", NAME), ("claimed", NAME)]


def test_domain_that_is_not_ours_keeps_its_neighbors(verified, settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True

    own, home = HostClient(NAME).get("/", secure=True), HostClient(HOME).get("/", secure=True)
    plain = HostClient(NAME).get("/")

    assert own.headers["Strict-Transport-Security"] == "max-age=86400"
    assert home.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert "Strict-Transport-Security" not in plain.headers


def test_cookies_and_forms_are_for_the_host_that_was_asked(verified, tenant):
    from accounts.models import User

    browser = HostClient(NAME, enforce_csrf_checks=True)
    page = browser.get("/accounts/login/")
    token = browser.cookies["csrftoken"].value
    email = User.objects.get(role="owner").email
    given = {"login": email, "password": "un-secreto-largo", "csrfmiddlewaretoken": token}

    foreign = browser.post("/accounts/login/", given, headers={"Origin": f"http://{HOME}"})
    own = browser.post("/accounts/login/", given, headers={"Origin": f"http://{NAME}"})

    assert (page.status_code, foreign.status_code, own.status_code) == (200, 403, 302)
    assert {cookie["domain"] for cookie in browser.cookies.values()} == {""}
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    assert HostClient(HOME).get("/workspace/").status_code == 302


@pytest.mark.parametrize("what", ["proof", "lead", "all"])
def test_domain_that_lost_something_falls_and_its_owner_hears_at_once(verified, tenant, names, what):
    send_messages(tenant.schema_name)
    mail.outbox.clear()
    if what in {"proof", "all"}:
        names.forget(f"_turnero.{NAME}")
    if what in {"lead", "all"}:
        names.write(NAME, "CNAME", "parking.registrar.example")
    later = NOW + timedelta(days=1)

    found = look(later)
    send_messages(tenant.schema_name)

    assert (found.state, found.state_since) == (DomainState.FALLEN, later)
    assert (resolve_host(NAME), HostClient(NAME).get("/").status_code) == (None, 404)
    assert find_tenant(tenant.schema_name).primary_host == HOME
    assert list(Domain.objects.filter(tenant_id=tenant.id).values_list("domain", "is_primary")) == [(HOME, True)]
    (sent,) = mail.outbox
    assert sent.to == ["owner@taller.example"]
    assert (NAME in read_subject(sent), HOME in sent.body) == (True, True)
    lack = "Falta el registro TXT" if what == "proof" else "Ahora lleva a parking.registrar.example."
    assert lack in sent.body
    assert find_due(found) == later + timedelta(minutes=5)


def test_domain_that_is_mended_comes_back_by_itself(verified, tenant, names):
    names.forget(NAME)
    send_messages(tenant.schema_name)
    mail.outbox.clear()
    look(NOW + timedelta(days=1))
    send_messages(tenant.schema_name)
    assert "no lleva a ningún lado" in mail.outbox[0].body
    point(names)

    found = look(NOW + timedelta(days=1, minutes=5))

    assert found.state == DomainState.VERIFIED
    assert resolve_host(NAME).primary_host == NAME


def test_name_servers_that_say_nothing_are_no_reason_to_fall_for_three_days(verified, tenant, names):
    names.is_silent = True

    still = look(NOW + timedelta(days=3) - timedelta(seconds=1))
    due_at = find_due(still)
    send_messages(tenant.schema_name)
    mail.outbox.clear()
    fallen = look(NOW + timedelta(days=3))
    send_messages(tenant.schema_name)

    assert "no responden desde hace tres días" in mail.outbox[0].body
    assert (still.state, still.has_proof) == (DomainState.VERIFIED, True)
    assert due_at == NOW + timedelta(days=3, minutes=5) - timedelta(seconds=1)
    assert (fallen.state, resolve_host(NAME)) == (DomainState.FALLEN, None)


def test_server_that_fails_lets_a_typed_domain_wait(tenant, names):
    claim()
    names.failing.add(f"_turnero.{NAME}")

    found = look(NOW)

    assert (found.state, found.checked_at, found.answered_at) == (DomainState.WAITING, NOW, None)


@pytest.mark.parametrize(
    ("after", "pause"),
    [
        (timedelta(minutes=5), timedelta(minutes=5)),
        (timedelta(hours=23, minutes=59), timedelta(minutes=5)),
        (timedelta(hours=24), timedelta(days=1)),
        (timedelta(days=9), timedelta(days=1)),
    ],
)
def test_typed_domain_is_looked_at_often_for_a_day_and_then_daily(tenant, names, after, pause):
    own = claim()
    assert find_due(own) == NOW

    look(NOW + after)

    assert find_due(own) == NOW + after + pause


def test_verified_domain_is_looked_at_every_hour(verified):
    assert find_due(verified) == NOW + timedelta(hours=1)


def test_asked_look_is_due_now_and_begins_another_day_of_often(tenant, names):
    own = claim()
    late = NOW + timedelta(days=9)
    look(late - timedelta(hours=1))

    claims.ask_check(now=late)

    assert find_due(own) == late
    assert find_own_domain().is_asked
    look(late)
    assert not find_own_domain().is_asked
    assert find_due(own) == late + timedelta(minutes=5)


@pytest.mark.parametrize(("after", "seconds"), [(0.1, 10), (3, 7), (9.5, 1)])
def test_look_is_asked_for_every_ten_seconds_at_most(tenant, names, after, seconds):
    own = claim()

    with pytest.raises(CheckedJustNow) as refused:
        claims.ask_check(now=NOW + timedelta(seconds=after))

    assert refused.value.params == {"seconds": seconds}
    claims.ask_check(now=NOW + timedelta(seconds=10))
    assert find_due(own) == NOW + timedelta(seconds=10)


def test_no_request_asks_a_name_server(tenant, names):
    claim()
    claims.ask_check(now=NOW + timedelta(seconds=20))
    claims.remove_domain(name=NAME, author_id=None, now=NOW)

    assert names.asked == []


def test_apex_domain_by_nothing_but_our_addresses(tenant, names):
    own = claim("tallermorales.mx")
    prove(names, own)
    names.write("tallermorales.mx", "A", "192.0.2.2")

    found = look(NOW)

    view = find_own_domain()
    assert (found.state, view.is_apex, view.our_addresses) == (DomainState.VERIFIED, True, ("192.0.2.1", "192.0.2.2"))
    assert [(each.kind, each.name, each.value) for each in view.records] == [
        ("ALIAS", "@", TARGET),
        ("TXT", "_turnero", f"turnero-verificar={own.token}"),
    ]


def test_one_strange_address_among_ours_leads_elsewhere(tenant, names):
    own = claim("tallermorales.mx")
    prove(names, own)
    names.write("tallermorales.mx", "A", "192.0.2.2", "198.51.100.9")

    found = look(NOW)

    assert (found.state, found.points_to) == (DomainState.WAITING, "192.0.2.2, 198.51.100.9")


def test_records_are_named_as_providers_ask_for_them(tenant, names):
    own = claim("a.b.taller.com.mx")

    assert [(each.kind, each.name, each.full_name, each.value) for each in find_own_domain().records] == [
        ("CNAME", "a.b", "a.b.taller.com.mx", TARGET),
        ("TXT", "_turnero.a.b", "_turnero.a.b.taller.com.mx", f"turnero-verificar={own.token}"),
    ]


def test_domain_that_leads_here_is_not_had_with_somebody_elses_proof(tenant, names, other_tenant):
    own = claim()
    prove(names, own)
    point(names)
    elsewhere(other_tenant.schema_name, claims.claim_domain, typed=NAME, author_id=None, now=NOW)
    theirs = OwnDomain.objects.get(tenant_id=other_tenant.id)

    elsewhere(other_tenant.schema_name, check_domain, theirs.pk, NOW)

    theirs.refresh_from_db()
    assert (theirs.state, theirs.has_proof, theirs.is_pointed) == (DomainState.WAITING, False, True)
    assert theirs.token != own.token
    assert resolve_host(NAME) is None


def test_domain_at_which_another_business_answers_is_taken_and_looked_at_again(verified, tenant, other_tenant):
    with pytest.raises(DomainTaken):
        elsewhere(
            other_tenant.schema_name, claims.claim_domain, typed=NAME, author_id=None, now=NOW + timedelta(minutes=30)
        )

    assert not OwnDomain.objects.filter(tenant_id=other_tenant.id).exists()
    assert resolve_host(NAME).schema_name == tenant.schema_name
    assert find_due(verified) == NOW + timedelta(minutes=30)


def test_domain_that_changed_hands_goes_to_whoever_proves_it(verified, tenant, names, other_tenant):
    names.forget(f"_turnero.{NAME}")
    look(NOW + timedelta(hours=1))
    elsewhere(other_tenant.schema_name, claims.claim_domain, typed=NAME, author_id=None, now=NOW + timedelta(hours=2))
    theirs = OwnDomain.objects.get(tenant_id=other_tenant.id)
    prove(names, theirs)

    elsewhere(other_tenant.schema_name, check_domain, theirs.pk, NOW + timedelta(hours=2))
    still = look(NOW + timedelta(hours=3))

    forget_tenants()
    assert resolve_host(NAME).schema_name == other_tenant.schema_name
    assert (still.state, still.has_proof) == (DomainState.FALLEN, False)


def test_second_of_two_that_prove_the_same_domain_waits(verified, tenant, names, other_tenant):
    """Both typed it before either was verified, and both records stand there: the database has the last word."""
    OwnDomain.objects.create(
        tenant_id=other_tenant.id, name=NAME, token="t" * 20, state_since=NOW, asked_at=NOW, state=DomainState.WAITING
    )
    theirs = OwnDomain.objects.get(tenant_id=other_tenant.id)
    names.write(f"_turnero.{NAME}", "TXT", f"turnero-verificar={verified.token}", f"turnero-verificar={theirs.token}")

    elsewhere(other_tenant.schema_name, check_domain, theirs.pk, NOW + timedelta(minutes=1))

    theirs.refresh_from_db()
    assert (theirs.state, theirs.is_taken, theirs.state_since) == (DomainState.WAITING, True, NOW)
    forget_tenants()
    assert resolve_host(NAME).schema_name == tenant.schema_name
    assert find_due(verified) == NOW + timedelta(minutes=1)


def test_host_that_the_platform_gave_by_hand_is_taken(tenant, names, other_tenant):
    add_domain(schema_name=other_tenant.schema_name, domain=NAME)

    with pytest.raises(DomainTaken):
        claim()


def test_domain_that_the_business_had_by_hand_proves_itself_too(tenant, names):
    add_domain(schema_name=tenant.schema_name, domain=NAME)
    own = claim()
    prove(names, own)
    point(names)

    found = look(NOW)

    assert (found.state, found.is_taken) == (DomainState.VERIFIED, False)
    assert sorted(Domain.objects.filter(tenant_id=tenant.id).values_list("domain", "is_primary")) == [
        (NAME, True), (HOME, False)
    ]  # fmt: skip


def test_domain_that_was_given_by_hand_meanwhile_is_taken(tenant, names, other_tenant):
    own = claim()
    prove(names, own)
    point(names)
    add_domain(schema_name=other_tenant.schema_name, domain=NAME)

    found = look(NOW)

    assert (found.state, found.is_taken) == (DomainState.WAITING, True)
    assert resolve_host(NAME).schema_name == other_tenant.schema_name


@pytest.mark.parametrize("typed", ["citas.taller.mx/agenda", "testserver.example", "salon.testserver.example", "💇.mx"])
def test_what_is_refused_leaves_everything_as_it_was(verified, tenant, typed):
    with pytest.raises(DomainInvalid):
        claim(typed)

    forget_tenants()
    assert resolve_host(NAME).primary_host == NAME


def test_same_domain_again_changes_nothing(verified, tenant):
    again = claim(f"HTTPS://{NAME}/", now=NOW + timedelta(days=1))

    assert (again.state, again.token, again.state_since) == (DomainState.VERIFIED, verified.token, NOW)
    assert len(list_changes(noun=ADDRESS, row_id=tenant.id)) == 2


def test_another_domain_takes_its_place_with_the_same_proof(verified, tenant):
    again = claim("agenda.tallermorales.mx", now=NOW + timedelta(days=1))

    forget_tenants()
    assert (again.pk, again.token, again.state, again.checked_at) == (
        verified.pk, verified.token, DomainState.WAITING, None
    )  # fmt: skip
    assert resolve_host(NAME) is None
    assert find_tenant(tenant.schema_name).primary_host == HOME


def test_look_that_comes_too_late_does_not_touch_another_domain(tenant, names, monkeypatch):
    own = claim()
    prove(names, own)
    point(names)
    ask = records.list_texts

    def type_meanwhile(name: str) -> tuple[str, ...]:
        claims.claim_domain(typed="otro.tallermorales.mx", author_id=None, now=NOW + timedelta(seconds=1))
        return ask(name)

    monkeypatch.setattr("tenants.services.addresses.looks.list_texts", type_meanwhile)
    found = look(NOW)

    assert (found.name, found.state, found.checked_at) == ("otro.tallermorales.mx", DomainState.WAITING, None)
    assert find_due(found) == NOW + timedelta(seconds=1)


def test_look_that_is_asked_for_during_another_is_not_put_off(tenant, names, monkeypatch):
    own = claim()
    later, ask = NOW + timedelta(seconds=11), records.list_texts

    def ask_meanwhile(name: str) -> tuple[str, ...]:
        claims.ask_check(now=later)
        return ask(name)

    monkeypatch.setattr("tenants.services.addresses.looks.list_texts", ask_meanwhile)
    look(NOW)

    assert find_due(own) == later
    assert find_own_domain().is_asked


def test_removed_domain_answers_no_more_and_its_owner_hears_of_it(verified, tenant):
    send_messages(tenant.schema_name)
    mail.outbox.clear()

    claims.remove_domain(name=NAME, author_id=None, now=NOW + timedelta(days=1))
    forget_tenants()
    send_messages(tenant.schema_name)
    check_domain(verified.pk, NOW + timedelta(days=2))

    assert (resolve_host(NAME), find_own_domain()) == (None, None)
    assert find_tenant(tenant.schema_name).primary_host == HOME
    assert not DueWork.objects.filter(kind=CHECK_KIND).exists()
    assert [NAME in read_subject(sent) for sent in mail.outbox] == [True]


def test_domain_that_somebody_changed_meanwhile_is_not_removed(verified, tenant):
    for name in ("otro.tallermorales.mx", "", HOME):
        with pytest.raises(DomainUnknown):
            claims.remove_domain(name=name, author_id=None, now=NOW)

    assert [resolve_host(name).id for name in (NAME, HOME)] == [tenant.id] * 2


def test_nothing_to_look_at(tenant):
    with pytest.raises(DomainUnknown):
        claims.ask_check(now=NOW)

    assert find_own_domain() is None


def test_twenty_domains_a_day(tenant):
    for number in range(20):
        claim(f"citas{number}.taller.mx")

    with pytest.raises(TooManyDomains):
        claim("citas20.taller.mx")

    assert find_own_domain().name == "citas19.taller.mx"


def test_business_that_may_change_nothing_does_nothing(verified, tenant):
    Tenant.objects.filter(pk=tenant.id).update(status=TenantStatus.READ_ONLY)
    forget_tenants()
    acts = (
        lambda: claims.claim_domain(typed="otro.mx", author_id=None, now=NOW),
        lambda: claims.ask_check(now=NOW + timedelta(days=1)),
        lambda: claims.remove_domain(name=NAME, author_id=None, now=NOW),
    )

    for act in acts:
        with pytest.raises(StatusForbids):
            elsewhere(tenant.schema_name, act)

    assert resolve_host(NAME).primary_host == NAME


def test_address_may_change_below_a_domain_of_ones_own(verified, tenant, names):
    change_address(slug="taller-nuevo", author_id=None, now=NOW)
    forget_tenants()

    found = find_tenant(tenant.schema_name)
    assert (found.primary_host, found.home_host) == (NAME, "taller-nuevo.testserver.example")
    names.forget(NAME)
    look(NOW + timedelta(days=1))
    assert find_tenant(tenant.schema_name).primary_host == "taller-nuevo.testserver.example"


def test_two_businesses_that_verify_one_domain_at_the_same_moment(provision, names, django_db_blocker):
    businesses = [provision(), provision()]
    owns = []
    for info in businesses:
        call_in_tenant(info.schema_name, claims.claim_domain, typed=NAME, author_id=None, now=NOW)
        owns.append(OwnDomain.objects.get(tenant_id=info.id))
    names.write(f"_turnero.{NAME}", "TXT", *(f"turnero-verificar={own.token}" for own in owns))
    point(names)
    start, failures = Barrier(2), []

    def verify(schema_name: str, row_id: int) -> None:
        try:
            start.wait(timeout=30)
            call_in_tenant(schema_name, check_domain, row_id, NOW)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is looked at below
            failures.append(error)
        finally:
            connections.close_all()

    pairs = zip(businesses, owns, strict=True)
    threads = [Thread(target=verify, args=(info.schema_name, own.pk)) for info, own in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    connection.set_schema_to_public()
    states = sorted(OwnDomain.objects.filter(name=NAME).values_list("state", "is_taken"))
    assert (failures, states) == ([], [("verified", False), ("waiting", True)])
    assert Domain.objects.filter(domain=NAME).count() == 1


def test_business_that_is_removed_leaves_its_domain_free(provision, names):
    info = provision()
    call_in_tenant(info.schema_name, claims.claim_domain, typed=NAME, author_id=None, now=NOW)

    drop_tenant(schema_name=info.schema_name)

    assert not OwnDomain.objects.filter(name=NAME).exists()
