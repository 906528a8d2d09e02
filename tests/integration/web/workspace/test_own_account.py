"""One's own account: name, language, another e-mail, sessions, notices, and leaving."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail

from accounts.enums import Notice
from accounts.errors import PersonInvalid, ProofWrong
from accounts.models import EmailChange, Invitation, Session, SilencedNotice, User
from accounts.selectors.staff import list_managers
from accounts.services import own_account, second_step, team
from accounts.types import Proof
from audit.models import Entry
from kernel.clock import utc_now
from scheduling.models import Resource
from tenants.services.workplaces import list_workplaces
from tests.conftest import OWNER_PASSWORD, HostClient
from tests.factories.accounts import SECRET, invite, sign_in_fully
from tests.fakes.due_work import send_messages
from tests.integration.web.workspace.conftest import staff_client as staff_client  # noqa: PLC0414 - a fixture

PAGE, EMAIL, NOTICES, WORK, SESSIONS, LEAVE = (
    f"/workspace/account/{name}" for name in ("", "email/", "notices/", "own-work/", "sessions/", "leave/")
)
OLD, NEW = "owner@taller.example", "olga@nuevo.example"


@pytest.fixture
def owner(tenant) -> User:
    return User.objects.get(role="owner")


def read(answer) -> str:
    return unescape(answer.content.decode())


def list_errors(html: str) -> dict[str, str]:
    return dict(re.findall(r'id="f-(\w+)_error">\s*<span class="error">.*?<span>([^<]*)</span>', html, re.DOTALL))


def ask(client: HostClient, email: str = NEW, password: str = OWNER_PASSWORD):
    return client.post(EMAIL, {"email": email, "password": password})


def read_links(tenant) -> dict[str, str]:
    """Return the path of the latest link by whom it was sent to."""
    send_messages(tenant.schema_name)
    found = [(each.to[0], re.search(r"http://[^/]+(/accounts/email-link/\S+/)", each.body)) for each in mail.outbox]
    return {to: match[1] for to, match in found if match}


def test_name_and_language_are_changed(owner_client, owner):
    saved = owner_client.post(PAGE, {"name": "  Olga   Morales ", "locale": "en"})

    owner.refresh_from_db()
    assert (saved.status_code, saved["Location"], owner.name, owner.locale) == (
        302, f"{PAGE}?lang=en", "Olga Morales", "en",
    )  # fmt: skip
    assert "Saved" in read(owner_client.get(saved["Location"]))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " \u200b "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"locale": "fr"}, "locale"),
        ({"locale": ""}, "locale"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(owner_client, owner, typed, field):
    answer = owner_client.post(PAGE, {"name": "Olga", "locale": "es"} | typed)

    before = (owner.name, owner.locale)
    owner.refresh_from_db()
    assert (answer.status_code, list(list_errors(read(answer))), (owner.name, owner.locale)) == (422, [field], before)


def test_services_refuse_what_forms_let_pass(owner):
    for name, locale, fields in (("", "xx", {"name", "locale"}), ("x" * 121, "es", {"name"})):
        with pytest.raises(PersonInvalid) as refused:
            own_account.change_details(owner, name=name, locale=locale)
        assert set(refused.value.errors) == fields


def test_another_email_counts_when_it_is_confirmed(owner_client, tenant, owner):
    asked = ask(owner_client, " Olga@Nuevo.example ")
    links = read_links(tenant)
    assert (asked.status_code, set(links), f"Falta confirmar: {NEW}" in read(owner_client.get(PAGE))) == (
        302, {OLD, NEW}, True,
    )  # fmt: skip
    visitor = HostClient(tenant.primary_host)

    shown = visitor.get(links[NEW])
    before = User.objects.get(pk=owner.pk).email
    done = visitor.post(links[NEW])
    again = visitor.post(links[NEW])

    assert (shown.status_code, NEW in read(shown), before) == (200, True, OLD)
    assert (done.status_code, again.status_code, User.objects.get(pk=owner.pk).email) == (200, 404, NEW)
    assert owner_client.get("/workspace/").status_code == 200
    assert [len(list_workplaces(each)) for each in (OLD, NEW)] == [0, 1]
    (entry,) = Entry.objects.filter(noun="person", row_id=owner.pk)
    assert (entry.fields, entry.user_id) == ({"email": [False, True]}, owner.pk)


def test_the_old_mailbox_takes_it_back_before_it_counts(owner_client, tenant, owner):
    ask(owner_client)
    links = read_links(tenant)
    visitor = HostClient(tenant.primary_host)

    assert OLD in read(visitor.get(links[OLD]))
    visitor.post(links[OLD])

    assert [visitor.post(links[each]).status_code for each in (NEW, OLD)] == [404, 404]
    owner.refresh_from_db()
    # Whoever asked has a session and knows the password.
    assert (owner.email, owner.has_usable_password(), Session.objects.filter(user=owner).count()) == (OLD, False, 0)
    assert owner_client.get("/workspace/").status_code == 302


def test_what_a_thief_added_goes_with_the_change(owner_client, tenant, owner):
    """A key, an app, recovery codes, an accomplice who is invited, a session elsewhere."""
    ask(owner_client)
    links = read_links(tenant)
    visitor = HostClient(tenant.primary_host)
    visitor.post(links[NEW])
    second_step.seed(NEW, secret=SECRET)
    owner.refresh_from_db()
    Authenticator.objects.create(user=owner, type="webauthn", data={"name": "n"})
    invite("complice@nuevo.example", token="t", invited_by=owner)
    elsewhere = HostClient(tenant.primary_host)
    sign_in_fully(elsewhere, owner)
    assert elsewhere.get("/workspace/").status_code == 200

    visitor.post(links[OLD])

    owner.refresh_from_db()
    assert (owner.email, owner.second_step, owner.has_usable_password()) == (OLD, "", False)
    assert (Authenticator.objects.filter(user=owner).count(), Invitation.objects.filter(ended_at=None).count()) == (
        0,
        0,
    )
    assert elsewhere.get("/workspace/").status_code == 302


def test_an_app_of_before_stays_and_its_new_recovery_codes_go(owner_client, tenant, owner):
    """The old mailbox alone takes nobody's second step away."""
    second_step.seed(owner.email, secret=SECRET)
    Authenticator.objects.update(created_at=utc_now() - timedelta(days=3))
    owner.refresh_from_db()
    sign_in_fully(owner_client, owner)
    codes = Authenticator.objects.get(type="recovery_codes").wrap().generate_codes()
    owner_client.post(EMAIL, {"email": NEW, "password": OWNER_PASSWORD, "code": codes[0]})
    links = read_links(tenant)
    proof = Proof(network="203.0.113.5", now=utc_now(), password=OWNER_PASSWORD, code=codes[1])
    stolen = second_step.renew_recovery_codes(owner, proof=proof)

    HostClient(tenant.primary_host).post(links[OLD])

    owner.refresh_from_db()
    assert (bool(owner.second_step), second_step.count_recovery_codes(owner)) == (True, 0)
    for code in (stolen[0], codes[2]):
        with pytest.raises(ProofWrong):
            second_step.take_step(owner, proof=replace(proof, code=code))
    assert second_step.take_step(owner, proof=replace(proof, code=second_step.make_code(SECRET))) == owner.second_step


def test_another_email_asks_for_a_code_where_there_is_a_second_step(owner_client, owner):
    second_step.seed(owner.email, secret=SECRET)
    owner.refresh_from_db()
    sign_in_fully(owner_client, owner)

    refused = owner_client.post(EMAIL, {"email": NEW, "password": OWNER_PASSWORD})
    wrong = owner_client.post(EMAIL, {"email": NEW, "password": OWNER_PASSWORD, "code": "000000"})

    assert [(each.status_code, list(list_errors(read(each)))) for each in (refused, wrong)] == [(422, ["code"])] * 2
    assert EmailChange.objects.count() == 0


@pytest.mark.parametrize("way", ["change", "link"])
def test_a_new_password_forgets_an_email_that_waits(owner_client, tenant, owner, way):
    """Whoever asked for it knew the password of before."""
    ask(owner_client)
    link = read_links(tenant)[NEW]

    own_account.replace_password(owner, "otra-clave", is_by_link=way == "link", session_key=None, now=utc_now())

    assert HostClient(tenant.primary_host).post(link).status_code == 404
    assert User.objects.get(pk=owner.pk).email == OLD


def test_a_person_and_a_business_write_to_few_mailboxes(owner_client, tenant, owner, settings, staff_client):
    answers = [ask(owner_client, f"n{number}@nuevo.example").status_code for number in range(6)]
    settings.LIMITS = settings.LIMITS | {"email_changes": replace(settings.LIMITS["email_changes"], size=5)}
    other = User.objects.create(email="eva@taller.example", name="Eva", role="manager", password=owner.password)
    client = HostClient(tenant.primary_host)
    client.force_login(other)
    of_business = ask(client, "n9@nuevo.example").status_code

    assert (answers, of_business, EmailChange.objects.count()) == ([302] * 5 + [429], 429, 5)
    send_messages(tenant.schema_name)
    assert sum(each.to == [OLD] for each in mail.outbox) == 5


def test_the_old_mailbox_takes_it_back_afterwards_and_shuts_everybody_out(owner_client, tenant, owner):
    """Somebody who found a session open changed the e-mail, and then once more."""
    ask(owner_client)
    links = read_links(tenant)
    visitor = HostClient(tenant.primary_host)
    visitor.post(links[NEW])
    ask(owner_client, "tercero@nuevo.example")

    done = visitor.post(links[OLD])

    owner.refresh_from_db()
    assert (done.status_code, owner.email, owner.has_usable_password()) == (200, OLD, False)
    assert (Session.objects.filter(user=owner).count(), owner_client.get("/workspace/").status_code) == (0, 302)
    assert EmailChange.objects.filter(ended_at=None).count() == 0
    assert [len(list_workplaces(each)) for each in (OLD, NEW)] == [1, 0]
    send_messages(tenant.schema_name)
    mail.outbox.clear()
    visitor.post("/accounts/password/reset/", {"email": OLD})
    send_messages(tenant.schema_name)
    assert [message.to for message in mail.outbox] == [[OLD]]


def test_taken_back_by_somebody_who_was_let_go_opens_no_business(owner_client, tenant, owner):
    ask(owner_client)
    links = read_links(tenant)
    visitor = HostClient(tenant.primary_host)
    visitor.post(links[NEW])
    other = User.objects.create(email="other@taller.example", name="Otra", role="owner")
    team.deactivate(owner.pk, by=other, now=utc_now())

    done = visitor.post(links[OLD])

    owner.refresh_from_db()
    assert (done.status_code, owner.email, owner.is_active) == (200, OLD, False)
    assert [list_workplaces(each) for each in (OLD, NEW)] == [(), ()]


@pytest.mark.parametrize(("who", "life"), [(NEW, timedelta(days=1)), (OLD, timedelta(days=14))])
def test_links_end(owner_client, tenant, owner, who, life):
    ask(owner_client)
    link = read_links(tenant)[who]
    visitor = HostClient(tenant.primary_host)
    asked_at = EmailChange.objects.get().asked_at

    with time_machine.travel(asked_at + life - timedelta(seconds=1), tick=False):
        in_time = visitor.get(link).status_code
    with time_machine.travel(asked_at + life, tick=False):
        late = [visitor.get(link).status_code, visitor.post(link).status_code]

    assert (in_time, late, User.objects.get(pk=owner.pk).email) == (200, [404, 404], OLD)


def test_asked_again_only_the_latest_counts(owner_client, tenant, owner):
    ask(owner_client)
    first = read_links(tenant)[NEW]
    ask(owner_client, "otra@nuevo.example")
    second = read_links(tenant)["otra@nuevo.example"]
    visitor = HostClient(tenant.primary_host)

    assert [visitor.post(link).status_code for link in (first, second)] == [404, 200]
    assert User.objects.get(pk=owner.pk).email == "otra@nuevo.example"


def test_somebody_else_may_have_it_by_then(owner_client, tenant, owner):
    ask(owner_client)
    link = read_links(tenant)[NEW]
    User.objects.create(email=NEW, name="Otra", role="provider")

    answer = HostClient(tenant.primary_host).post(link)

    assert (answer.status_code, "Alguien ya inicia sesión con este correo" in read(answer)) == (422, True)
    assert User.objects.get(pk=owner.pk).email == OLD


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [
        ("", OWNER_PASSWORD, "email"),
        ("nadie", OWNER_PASSWORD, "email"),
        ("OWNER@taller.example", OWNER_PASSWORD, "email"),
        ("eva@taller.example", OWNER_PASSWORD, "email"),
        (NEW, "", "password"),
        (NEW, "equivocada", "password"),
    ],
)
def test_what_is_wrong_with_an_email_is_said_at_the_field(owner_client, email, password, field):
    User.objects.create(email="eva@taller.example", name="Eva", role="provider")

    answer = ask(owner_client, email, password)

    page = read(answer)
    assert (answer.status_code, list(list_errors(page)), EmailChange.objects.count()) == (422, [field], 0)
    assert f'value="{email}"' in page or not email


def test_no_mailbox_is_flooded(owner_client):
    answers = [ask(owner_client) for _ in range(4)]

    assert [each.status_code for each in answers] == [302, 302, 302, 429]
    assert EmailChange.objects.count() == 3


def test_an_address_that_is_none_is_refused_below_the_form(owner):
    proof = Proof(network="203.0.113.5", now=utc_now(), password=OWNER_PASSWORD)
    with pytest.raises(PersonInvalid) as refused:
        own_account.ask_for_email(owner, email="nadie", proof=proof)

    assert refused.value.errors == {"email": (own_account.EMAIL_WRONG,)}


def test_an_unknown_link_does_nothing(customer_client):
    for answer in (customer_client.get("/accounts/email-link/x/"), customer_client.post("/accounts/email-link/x/")):
        assert (answer.status_code, "Este enlace ya no sirve" in read(answer)) == (404, True)


def test_sessions_are_ended(owner_client, tenant, owner):
    others = [HostClient(tenant.primary_host) for _ in range(3)]
    for each in others:
        each.force_login(owner)
    names = re.findall(r'name="session" value="(\w+)"', read(owner_client.get(PAGE)))

    owner_client.post(SESSIONS, {"session": names[0]})
    twice = owner_client.post(SESSIONS, {"session": names[0]}, follow=True)
    left = Session.objects.filter(user=owner).count()
    owner_client.post(SESSIONS)

    assert (len(names), left, "Esta sesión ya terminó" in read(twice)) == (3, 3, True)
    assert (Session.objects.filter(user=owner).count(), owner_client.get(PAGE).status_code) == (1, 200)


def test_notices_are_chosen(owner_client, owner):
    wanted = [Notice.NEW_BOOKING, Notice.REQUEST_WAITING]
    before = re.findall(r'name="notices" value="(\w+)"[^>]* checked', read(owner_client.get(PAGE)))

    saved = owner_client.post(NOTICES, {"notices": wanted})

    after = re.findall(r'name="notices" value="(\w+)"[^>]* checked', read(owner_client.get(PAGE)))
    assert (saved.status_code, before, after) == (302, Notice.values, wanted)
    assert [[each.email for each in list_managers(notice=notice)] for notice in Notice.values] == [
        [OLD] if notice in wanted else [] for notice in Notice.values
    ]
    assert [each.email for each in list_managers()] == [OLD]
    owner_client.post(NOTICES, {})
    assert SilencedNotice.objects.filter(user=owner).count() == len(Notice.values)
    assert str(SilencedNotice.objects.first()) in Notice.values


def test_a_notice_that_is_none_is_refused(owner_client):
    answer = owner_client.post(NOTICES, {"notices": ["king"]})

    assert (answer.status_code, SilencedNotice.objects.count()) == (422, 0)


def test_whoever_is_booked_chooses_how_they_hear_of_it(staff_client, owner):
    """Also somebody who may set up nothing; by SMS where there is a number."""
    client = staff_client("provider")
    assert 'name="channel"' not in read(client.get(PAGE))
    user = User.objects.get(role="provider")
    resource = Resource.objects.filter(resource_type__is_person=True).first()
    Resource.objects.filter(pk=resource.pk).update(user_id=user.pk, email="", phone="")
    options = r'<option value="(\w*)"( selected)?>'
    without = re.findall(options, read(client.get(PAGE)).partition('name="channel"')[2].partition("</select>")[0])
    refused = client.post(WORK, {"channel": "sms"})
    Resource.objects.filter(pk=resource.pk).update(phone="+525512345678")

    saved = client.post(WORK, {"channel": "sms"})

    found = re.findall(options, read(client.get(PAGE)).partition('name="channel"')[2].partition("</select>")[0])
    assert without == [("email", " selected"), ("none", "")]
    assert (refused.status_code, list(list_errors(read(refused))), saved.status_code) == (422, ["channel"], 302)
    assert found == [("email", ""), ("sms", " selected"), ("none", "")]
    client.post(WORK, {"channel": "none"})
    assert set(SilencedNotice.objects.values_list("user_id", "notice", "channel")) == {
        (user.pk, "own_work", "email"), (user.pk, "own_work", "sms"),
    }  # fmt: skip


def test_both_choices_leave_each_other_alone(owner_client, owner):
    Resource.objects.filter(pk=Resource.objects.filter(resource_type__is_person=True).first().pk).update(user=owner)

    owner_client.post(WORK, {"channel": "none"})
    owner_client.post(NOTICES, {"notices": Notice.values})

    assert SilencedNotice.objects.filter(user=owner).count() == 2
    assert [each.email for each in list_managers(notice=Notice.NEW_BOOKING)] == [OLD]


def test_whoever_is_not_booked_chooses_nothing(owner_client, owner):
    assert owner_client.post(WORK, {"channel": "none"}).status_code == 422
    with pytest.raises(PersonInvalid):
        own_account.choose_own_work(owner, channel="pigeon")
    assert SilencedNotice.objects.count() == 0


def test_whoever_gets_no_notices_is_asked_nothing(staff_client):
    page = read(staff_client("provider").get(PAGE))

    assert ('name="notices"' in page, 'name="name"' in page) == (False, True)


def test_everybody_may_leave_but_the_last_owner(owner_client, owner, staff_client):
    client = staff_client("receptionist")

    wrong = client.post(LEAVE, {"password": "equivocada"})
    last = owner_client.post(LEAVE, {"password": OWNER_PASSWORD})
    assert (wrong.status_code, list(list_errors(read(wrong)))) == (422, ["password"])
    assert (last.status_code, "Primero dale ese rol a alguien más" in read(last)) == (409, True)
    person = User.objects.get(role="receptionist")
    person.set_password(OWNER_PASSWORD)
    person.save()
    client.force_login(person)
    left = client.post(LEAVE, {"password": OWNER_PASSWORD})

    person.refresh_from_db()
    assert (left.status_code, left["Location"], person.is_active, client.get(PAGE).status_code) == (
        302, "/accounts/login/", False, 302,
    )  # fmt: skip
    assert User.objects.get(pk=owner.pk).is_active is True


def test_a_change_names_nobody_in_logs(owner_client):
    ask(owner_client)

    assert re.fullmatch(r"change \d+", str(EmailChange.objects.get()))
