"""A business that says usted says it in every sentence, and one that says tú never says usted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from secrets import token_hex

import pytest

from config.environment import ROOT
from devtools.messages.catalogs import FORMAL_CATALOG, list_catalogs, list_entries, load_catalog
from devtools.messages.extraction import collect_texts
from devtools.scratch.browser import HostClient
from devtools.scratch.shop import add_extra, add_service, add_team
from kernel.clock import utc_now
from kernel.money import PriceKind
from scheduling.models import Booking, Location
from scheduling.services.bookings.submissions import book_slot
from scheduling.types import CUSTOMER, CustomerDetails, SlotRequest, SubmittedBooking, VisitDetails
from tenants.context import current_tenant, tenant_scope
from tenants.types import TenantInfo
from tests.conftest import make_tenant
from tests.factories.scheduling import CAR, make_wish

ASSETS = {"automotive": CAR, "salon": {}, "clinic": {"full_name": "Ana Ruiz"}}
VERBS = (
    "agrega|borra|cambia|cancela|carga|compáralo|completa|comprueba|confirma|corrige|cuéntanos|dinos|elige|elígela|entra|envía|envíalo|"
    "escribe|escríbenos|espera|guarda|haz|indica|ingresa|intenta|inténtalo|llama|llámalo|llámanos|mira|muestra|paga|"
    "pide|pregunta|prueba|pulsa|recarga|recárgala|responde|revisa|selecciona|toca|trae|usa|vuelve"
)
"""Orders to whom one says tú, where a sentence begins."""
SECOND = (
    "aceptas|cancelas|confirmas|confirmaste|confirmes|debes|dejas|eliges|elegiste|eres|escribiste|estás|hiciste|"
    "llegaste|llegas|necesitas|notas|olvides|pagas|pediste|podrás|prefieres|puedes|quieras|quieres|recibes|recibirás|"
    "reserves|sabes|tendrás|tienes|traes|verás|ves|vienes|viste"
)
TU = re.compile(
    r"\b(?:abre|incluye|sigue) (?:el|la|los|las)\b|"
    rf"\b(?:te|tú|tu|tus|ti|contigo|tuy[oa]s?|{SECOND})\b|(?:^|[.;:¿¡,>] ?|\by |\bo )(?:{VERBS})\b",
    re.IGNORECASE,
)
USTED = re.compile(
    r"\b(?:usted|le (?:enviamos|guardamos|avisamos|esperamos|recordamos|confirmamos|respondemos)|podrá|quiera|"
    r"elija|escriba|revise|llame|llámenos|pague|intente|inténtelo|confirme que es|complete este)\b",
    re.IGNORECASE,
)
OPEN = (
    "templates/booking/", "templates/components/", "templates/edge/", "templates/errors/", "templates/base.html",
    "platform/web/booking/", "platform/web/errors.py", "platform/web/parts/contacts.py",
    "platform/web/parts/pickers.py", "platform/web/parts/tax_data/", "billing/errors.py",
    "platform/edge/", "platform/kernel/", "scheduling/services/writing/inputs.py", "scheduling/services/bookings/",
    "scheduling/selectors/availability/", "verticals/contract/", "verticals/clinic/",
)  # fmt: skip
"""Sources whose texts a clinic's customers may read."""


def read_words(html: str) -> list[str]:
    """Return each text of a page by itself, attributes that are read aloud among them."""
    html = re.sub(r"<(script|style|datalist)\b.*?</\1>", "", html, flags=re.DOTALL)
    spoken = re.findall(r'(?:aria-label|placeholder|title|content|data-(?:say|last|over))="([^"]*)"', html)
    texts = re.split(r"<[^>]+>", html) + spoken
    return [" ".join(unescape(text).split()) for text in texts if text.strip()]


def find_forms(pages: list[str], form: re.Pattern[str]) -> list[str]:
    return sorted({text for page in pages for text in read_words(page) if form.search(text)})


def open_shop(info: TenantInfo) -> int:
    """Give the business one service with everything that is asked, and a place with its texts."""
    Location.objects.update(address="Av. Juárez 1", phone="+525555550000", what_to_bring="Identificación")
    place = Location.objects.values_list("pk", flat=True).get()
    people = add_team(place, ["Vera", "Nico"], type_name="Plantada", is_customer_choosable=True)
    service_id = add_service(
        people, name="Servicio", step_minutes=60, price_minor=50000, price_kind=PriceKind.FROM, max_party_size=1,
        cancel_cutoff_minutes=240, move_cutoff_minutes=240, minimum_notice_minutes=1440, booking_window_days=20,
    )  # fmt: skip
    add_extra(service_id, "Más", minutes=10, price_minor=1000)
    return service_id


@pytest.fixture(params=["automotive", "salon", "clinic"])
def shop(request, tenants, db) -> Iterator[tuple[HostClient, int, str]]:
    known = {info.vertical: info for info in tenants.values()}
    info = known.get(request.param) or make_tenant(f"clinic-{token_hex(4)}", request.param)
    with tenant_scope(info):
        yield HostClient(info.primary_host), open_shop(info), request.param


def book(service_id: int, days: int) -> SubmittedBooking:
    starts_at = (utc_now() + timedelta(days=days)).replace(hour=18, minute=0, second=0, microsecond=0)
    details = VisitDetails(
        customer=CustomerDetails(name="Ana Ruiz", phone="+525512345678", email="ana@example.com", locale="es"),
        asset=ASSETS[current_tenant().vertical],
        consents=("booking",),
    )
    asked = SlotRequest(make_wish(service_id), starts_at)
    return book_slot(request=asked, details=details, now=utc_now(), source="page", by=CUSTOMER)


def walk(client: HostClient, service_id: int, trade: str) -> list[str]:
    """Read every page on the way to a booking, its mistakes and refusals included."""
    pages = [client.get("/?lang=es"), client.get("/?service=99999&lang=es"), client.get("/nothing/?lang=es")]
    visit = client.get(f"/?service={service_id}").url
    pages += [client.get(visit), client.post(visit, {"symptoms": ["nothing"], "party_size": "9"})]
    asset = {f"asset.{key}": value for key, value in ASSETS[trade].items()}
    time = client.post(visit, {**asset, "arrival_mode": ""}).url
    pages += [client.get(time), client.get(f"{time}&on=2030-01-01"), client.post(time, {"starts_at": "x"})]
    pages += [client.post(time, {"starts_at": "2026-11-23T18:00:00Z"})]
    start = re.findall(r'name="starts_at" value="([^"]+)"', pages[-2].content.decode())[0]
    details = client.post(time, {"starts_at": start}).url
    pages += [
        client.get(details),
        client.post(details, {}),
        client.post(details, {"name": "A", "email": "x", "phone": "1"}),
    ]
    answers = [
        client.post("/api/v1/bookings", {"service": service_id}, content_type="application/json"),
        client.post("/api/v1/holds", {"service": service_id, "starts_at": "2026-11-23T18:00:00Z"},
                    content_type="application/json"),
        client.get("/api/v1/manage/nobody"),
    ]  # fmt: skip
    return [page.content.decode() for page in (*pages, *answers)]


def read_managed(client: HostClient, service_id: int) -> list[str]:
    """Read the page of a booking in each of its states, and what it asks before each step."""
    made = book(service_id, 2)
    address = f"/b/{made.manage_token}/"
    paths = ("?new=1", "?done=moved", "?done=confirmed", "move/", "change/", "cancel/", "move/?to=2026-11-25T20:00:00Z")
    pages = [client.get(address + path) for path in paths]
    pages += [client.post(f"{address}move/", {"starts_at": "2020-01-01T00:00:00Z"}), client.get("/b/nobody/")]
    kept = utc_now() + timedelta(hours=3)
    for status, values in {
        "confirmed": {"attendance_confirmed_at": utc_now()},
        "pending_approval": {"hold_expires_at": kept, "attendance_confirmed_at": None},
        "pending_payment": {"hold_expires_at": kept, "deposit_minor": 100},
        "arrived": {"hold_expires_at": None}, "in_progress": {}, "completed": {}, "no_show": {},
        "cancelled": {"is_active": False}, "declined": {}, "expired": {},
    }.items():  # fmt: skip
        Booking.objects.filter(pk=made.booking_id).update(status=status, **values)
        pages.append(client.get(address))
    over = {"status": "confirmed", "is_active": True}
    for ago in (timedelta(minutes=10), timedelta(days=1), timedelta(days=40)):
        begins = utc_now() - ago
        Booking.objects.filter(pk=made.booking_id).update(starts_at=begins, ends_at=begins + timedelta(hours=1), **over)
        pages.append(client.get(address))
    return [page.content.decode() for page in pages]


def test_every_page_keeps_to_one_form_of_address(shop):
    client, service_id, trade = shop
    is_formal = trade == "clinic"

    pages = [*walk(client, service_id, trade), *read_managed(client, service_id)]

    assert find_forms(pages, TU if is_formal else USTED) == []
    assert find_forms(pages, USTED if is_formal else TU)


def test_staff_of_a_formal_business_are_spoken_to_as_everywhere(tenants, db):
    from accounts.models import User

    info = make_tenant(f"clinic-{token_hex(4)}", "clinic")
    with tenant_scope(info):
        client = HostClient(info.primary_host)
        client.force_login(User.objects.get(role="owner"))
        page = client.get("/workspace/bookings/new/?lang=es")

    assert page.headers["Content-Language"] == "es"
    assert find_forms([page.content.decode()], USTED) == []


def test_the_language_of_a_formal_page_is_plain_spanish(tenants, db):
    info = make_tenant(f"clinic-{token_hex(4)}", "clinic")
    page = HostClient(info.primary_host).get("/?lang=es")

    assert (page.headers["Content-Language"], '<html lang="es"' in page.content.decode()) == ("es", True)


def test_every_text_that_customers_read_has_a_formal_form_where_it_needs_one():
    spanish = {room: load_catalog(path, "es") for room, path in list_catalogs("es").items()}
    formal = {each.id: _list_strings(each) for each in list_entries(load_catalog(ROOT / FORMAL_CATALOG, "es"))}
    missing = set()
    for text in collect_texts(ROOT):
        found = spanish[text.room].get(text.id if isinstance(text.id, str) else text.id[0], context=text.context)
        if text.place.startswith(OPEN) and any(TU.search(string) for string in _list_strings(found)):
            missing |= {text.id} - formal.keys()

    assert missing == set()
    assert [string for strings in formal.values() for string in strings if TU.search(string)] == []


def _list_strings(message) -> list[str]:
    """List what a catalog says for a message: one text, or one for each number."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_a_salon_in_spain_asks_for_the_movil(tenants, db):
    labels = []
    for country in ("ES", "MX"):
        info = make_tenant(f"pelo-{token_hex(4)}", "salon", country)
        with tenant_scope(info):
            client, service_id = HostClient(info.primary_host), open_shop(info)
            visit = client.get(f"/?service={service_id}&lang=es").url
            time = client.post(visit, {}).url
            start = re.findall(r'name="starts_at" value="([^"]+)"', client.get(time).content.decode())[0]
            page = client.get(client.post(time, {"starts_at": start}).url + "&lang=es").content.decode()
        labels.append([word for word in ("Móvil", "móvil", "Celular", "celular") if word in page])

    assert labels == [["Móvil"], ["Celular"]]
