"""The operator sees every business and what was done to it, and acts with a reason; nobody else may."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.db import connection

from accounts.models import User
from audit.public.models import PlatformEntry
from kernel.clock import utc_now
from notifications.services.budgets import spend
from tenants.context import tenant_scope
from tenants.enums import TenantAct, TenantStatus
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tests.conftest import HostClient
from tests.factories.accounts import make_operator, sign_in_fully
from tests.fakes.due_work import send_messages

pytestmark = pytest.mark.usefixtures("lone_platform")

PAGE = "/operator/"
REASON = "Tres quejas por spam"


@pytest.fixture(autouse=True)
def forgotten():
    """What was read inside of the rolled-back transaction is nobody's any more."""
    yield
    forget_tenants()


@pytest.fixture
def operator(platform_client) -> User:
    return make_operator(name="Olivia Op")


@pytest.fixture
def operator_client(platform_client, operator):
    sign_in_fully(platform_client, operator)
    return platform_client


def address(info, act: str = "") -> str:
    return f"{PAGE}tenants/{info.schema_name}/" + (f"{act}/" if act else "")


def act(client, info, name: str, **typed: str):
    return client.post(address(info, name), {"reason": REASON, "seen": status_of(info), **typed})


def status_of(info) -> str:
    return Tenant.objects.get(pk=info.id).status


def put(info, status: str) -> None:
    Tenant.objects.filter(pk=info.id).update(status=status)


def list_errors(page) -> dict[str, str]:
    """Map the id of each field to what is said to be wrong with it."""
    html = page.content.decode()
    return dict(re.findall(r'id="f-(\w+)_error">\s*<span class="error">.*?<span>([^<]*)</span>', html, re.DOTALL))


def test_operator_sees_businesses_with_their_state(operator_client, tenants):
    put(tenants["salon"], "past_due")

    page = operator_client.get(PAGE).content.decode()

    for info in tenants.values():
        assert info.name in page
        assert info.primary_host in page
        assert f'href="{address(info)}"' in page
    assert re.findall(r'<span class="badge \w+">([^<]+)<', page) == ["Pago vencido", "En prueba"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=taller", ["taller"]),
        ("?q=NEGOCIO", ["salon", "taller"]),
        ("?q=salon.testserver", ["salon"]),
        ("?status=past_due", ["salon"]),
        ("?status=trial&q=salon", []),
        ("?status=nonsense", ["salon", "taller"]),
        ("?q=%00", ["salon", "taller"]),
        ("?q=" + "x" * 200, ["salon", "taller"]),
        ("?q=%25", []),
    ],
)
def test_list_is_narrowed(operator_client, tenants, query, expected):
    put(tenants["salon"], "past_due")

    page = operator_client.get(PAGE + query).content.decode()

    assert re.findall(r'class="name" href="/operator/tenants/t\d+_(\w+)/"', page) == expected


def test_list_goes_on_where_it_was_cut(operator_client, tenants, monkeypatch):
    monkeypatch.setattr("operators.views.PAGE_SIZE", 1)

    first = operator_client.get(PAGE).content.decode()
    more = re.search(r'href="(\?cursor=[^"]+)"', first)[1]
    rest = operator_client.get(PAGE + more).content.decode()

    names = [re.findall(r'class="name"[^>]*>([^<]+)<', page) for page in (first, rest)]
    assert names == [["Negocio salon"], ["Negocio taller"]]
    assert operator_client.get(f"{PAGE}?cursor=xyz").status_code == 422


@pytest.mark.parametrize("count", [1, 3])
def test_operators_list_costs_the_same_for_more_tenants(operator_client, tenants, django_assert_num_queries, count):
    for number in range(count - 1):
        source = Tenant.objects.get(pk=tenants["taller"].id)
        source.pk, source.slug, source.schema_name = None, f"otro-{number}", f"t9{number}_otro"
        source._state.adding = True
        source.save()
    operator_client.get(PAGE)

    # schema, session, person; businesses, domains, counts, late backups, backups of the platform, log
    with django_assert_num_queries(9):
        operator_client.get(PAGE)


def test_business_page_says_what_may_be_done(operator_client, tenants):
    page = operator_client.get(address(tenants["taller"])).content.decode()

    offered = re.findall(rf'href="{address(tenants["taller"])}(\w+)/"', page)
    assert offered == ["activate", "suspend", "close"]


def test_operator_suspends_with_a_reason_and_lifts_it(operator_client, operator, tenants):
    info = tenants["taller"]
    form = operator_client.get(address(info, "suspend")).content.decode()

    suspended = act(operator_client, info, "suspend")
    then = status_of(info)
    page = operator_client.get(address(info)).content.decode()
    act(operator_client, info, "resume", reason="Fue un error")

    assert 'name="seen" value="trial"' in form
    assert (suspended.status_code, suspended["Location"]) == (302, address(info))
    assert (then, status_of(info)) == (TenantStatus.SUSPENDED, TenantStatus.TRIAL)
    assert page.count(REASON) == 2  # what the owner reads, and the log
    assert "Olivia Op" in page
    rows = PlatformEntry.objects.order_by("pk").values_list("action", "old", "new", "reason", "author_id")
    assert list(rows) == [
        ("suspend", "trial", "suspended", REASON, operator.pk),
        ("resume", "suspended", "trial", "Fue un error", operator.pk),
    ]


@pytest.mark.parametrize("name", TenantAct.values)
def test_get_changes_nothing(operator_client, tenants, name):
    before = list(Tenant.objects.order_by("pk").values())

    page = operator_client.get(address(tenants["taller"], name))

    assert (page.status_code, list(Tenant.objects.order_by("pk").values())) == (200, before)
    assert PlatformEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "typed", "wrong"),
    [
        ("suspend", {"reason": ""}, {"reason": "Escribe el motivo."}),
        ("suspend", {"reason": " \n "}, {"reason": "Escribe el motivo."}),
        ("suspend", {"reason": "x" * 501}, {"reason": "Como máximo 500 caracteres."}),
        (
            "close",
            {"typed_name": "Negocio salon"},
            {"typed_name": "Este no es el nombre corto ni el nombre de este negocio."},
        ),
        (
            "close",
            {"reason": "", "typed_name": ""},
            {"typed_name": "Este no es el nombre corto ni el nombre de este negocio.", "reason": "Escribe el motivo."},
        ),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_typed_text_stays(operator_client, tenants, name, typed, wrong):
    page = act(operator_client, tenants["taller"], name, **typed)

    assert (page.status_code, list_errors(page)) == (422, wrong)
    html = page.content.decode()
    assert ("x" * 501 in html, "Negocio salon" in html) == ("x" * 501 in str(typed), "Negocio salon" in str(typed))
    assert (REASON in html) is ("reason" not in typed)
    assert (status_of(tenants["taller"]), PlatformEntry.objects.count()) == ("trial", 0)


def test_business_is_closed_with_its_name(operator_client, tenants):
    answer = act(operator_client, tenants["taller"], "close", typed_name="taller")
    page = operator_client.get(address(tenants["taller"])).content.decode()

    assert (answer.status_code, status_of(tenants["taller"])) == (302, "closed")
    assert "Se puede eliminar desde" in page


def test_stale_page_is_told_and_what_was_typed_stays(operator_client, tenants):
    info = tenants["taller"]
    put(info, "past_due")

    page = act(operator_client, info, "suspend", seen="trial")
    html = page.content.decode()
    again = act(operator_client, info, "suspend", seen=re.search(r'name="seen" value="(\w+)"', html)[1])

    assert (page.status_code, "Pago vencido" in html, REASON in html) == (409, True, True)
    assert (again.status_code, status_of(info)) == (302, "suspended")


def test_done_meanwhile_by_another_operator_is_told(operator_client, tenants):
    info = tenants["taller"]
    act(operator_client, info, "suspend")

    page = act(operator_client, info, "suspend", seen="trial", reason="El segundo")

    assert (page.status_code, "<textarea" in page.content.decode()) == (409, False)
    assert PlatformEntry.objects.count() == 1


def test_reason_is_shown_as_text(operator_client, tenants):
    act(operator_client, tenants["taller"], "suspend", reason="<script>alert(1)</script>")

    for path in (PAGE, address(tenants["taller"]), f"{PAGE}log/"):
        html = operator_client.get(path).content.decode()
        assert ("<script>alert" in html, "&lt;script&gt;alert" in html) == (False, True)


def test_log_is_narrowed_to_a_business_and_to_a_kind(operator_client, tenants):
    act(operator_client, tenants["taller"], "suspend", reason="Por el taller")
    act(operator_client, tenants["salon"], "suspend", reason="Por el salón")
    act(operator_client, tenants["salon"], "resume", reason="Ya no")

    def read(query: str) -> list[str]:
        page = operator_client.get(f"{PAGE}log/{query}").content.decode()
        return re.findall(r'class="reason">([^<]+)<', page)

    assert read("") == ["Ya no", "Por el salón", "Por el taller"]
    assert read(f"?tenant={tenants['taller'].schema_name}") == ["Por el taller"]
    assert read("?action=suspend") == ["Por el salón", "Por el taller"]
    assert read(f"?action=resume&tenant={tenants['taller'].schema_name}") == []
    assert read("?tenant=%00&action=x") == ["Ya no", "Por el salón", "Por el taller"]


def test_act_of_a_command_and_of_somebody_who_is_gone(operator_client, tenants):
    common = {"at": "2026-11-26T02:00:00Z", "action": "suspend", "schema_name": tenants["taller"].schema_name}
    PlatformEntry.objects.create(**common, reason="A mano", old="trial", new="suspended")
    PlatformEntry.objects.create(**common, reason="De alguien", author_id=987_654)

    page = operator_client.get(f"{PAGE}log/").content.decode()

    assert ("Por comando" in page, "Operador 987654" in page, "2026-11-26 02:00 UTC" in page) == (True, True, True)


@pytest.mark.parametrize(
    ("action", "seen"),
    [("close", "Por su dueño"), ("reopen", "Por su dueño"), ("take", "Por su dueño"), ("speak", "Por su dueño"),
     ("remove", "Por comando"), ("restore", "Por comando"), ("suspend", "Por comando")],
)  # fmt: skip
def test_act_of_an_owner_is_not_one_of_a_command(operator_client, tenants, action, seen):
    PlatformEntry.objects.create(
        at="2026-11-26T02:00:00Z", action=action, schema_name=tenants["taller"].schema_name, reason="person 7"
    )

    page = operator_client.get(f"{PAGE}log/").content.decode()

    assert [words for words in ("Por su dueño", "Por comando") if words in page] == [seen]


def test_business_of_a_trade_that_is_gone_is_listed(operator_client, tenants):
    Tenant.objects.filter(pk=tenants["taller"].id).update(vertical="gone")

    assert "<td>gone</td>" in operator_client.get(PAGE).content.decode()


@pytest.mark.parametrize("name", ["nonsense", "provisioning"])
def test_act_that_does_not_exist_is_404(operator_client, tenants, name):
    answer = act(operator_client, tenants["taller"], name)

    assert (answer.status_code, status_of(tenants["taller"])) == (404, "trial")


@pytest.mark.parametrize("path", ["t0_nobody/", "t0_nobody/suspend/"])
def test_unknown_tenant_is_404(operator_client, tenants, path):
    before = dict(Tenant.objects.values_list("schema_name", "status"))

    seen = operator_client.get(f"{PAGE}tenants/{path}")
    sent = operator_client.post(f"{PAGE}tenants/t0_nobody/suspend/", {"reason": REASON})

    assert (seen.status_code, sent.status_code) == (404, 404)
    assert dict(Tenant.objects.values_list("schema_name", "status")) == before


def test_strangers_are_sent_to_sign_in_and_nothing_changes(platform_client, tenants):
    page, attempt = platform_client.get(PAGE), act(platform_client, tenants["taller"], "suspend")

    assert [answer.status_code for answer in (page, attempt)] == [302, 302]
    assert page["Location"].startswith("/accounts/login/")
    assert status_of(tenants["taller"]) == TenantStatus.TRIAL


def test_other_roles_are_refused(platform_client, tenants):
    platform_client.force_login(User.objects.create(email="x@example.com", name="X", role="owner"))

    pages = [platform_client.get(path) for path in (PAGE, f"{PAGE}log/", address(tenants["taller"]))]

    assert [page.status_code for page in pages] == [403] * 3
    assert act(platform_client, tenants["taller"], "suspend").status_code == 403
    assert status_of(tenants["taller"]) == TenantStatus.TRIAL


def test_console_does_not_exist_on_a_tenants_host(owner_client, tenants):
    page = owner_client.get(PAGE)
    attempt = owner_client.post(address(tenants["salon"], "suspend"), {"reason": REASON})

    assert [answer.status_code for answer in (page, attempt)] == [404, 404]
    assert tenants["salon"].name not in page.content.decode()
    connection.set_schema_to_public()
    assert status_of(tenants["salon"]) == TenantStatus.TRIAL


def test_reset_link_names_the_platforms_own_host(operator_client, settings):
    User.objects.filter(email="op@example.com").update(password=make_password("una-clave-larga"))
    visitor = HostClient(f"www.{settings.PLATFORM_HOST}:99")

    visitor.post("/accounts/password/reset/", {"email": "op@example.com"})

    send_messages("public")
    (message,) = mail.outbox
    assert re.findall(r"https?://[^/]+/", message.body) == [f"http://{settings.PLATFORM_HOST}/"]


def test_operator_sees_what_a_business_sends(operator_client, tenants):
    with tenant_scope(tenants["taller"]):
        for _ in range(2):
            spend(channel="sms", template="booking_confirmed", now=utc_now())
    Tenant.objects.filter(pk=tenants["taller"].id).update(sms_countries=["ES"], entitlements={"sms_per_day": 2})
    forget_tenants()

    text = re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", operator_client.get(address(tenants["taller"])).content.decode())
    )

    assert "SMS 2 / 2 Agotado: los mensajes esperan" in text
    assert "0 / 5000" in text
    assert "SMS a MX, ES" in text


@pytest.mark.parametrize("name", ["%00", "x%00", "%ED%A0%80", "%FF", "%E2%80%AE", "x" * 300, "pg_catalog", "public"])
@pytest.mark.parametrize("rest", ["", "suspend/"])
def test_a_business_that_nobody_can_have_is_not_found(operator_client, name, rest):
    for ask in (operator_client.get, operator_client.post):
        assert ask(f"{PAGE}tenants/{name}/{rest}").status_code in {404, 405}
