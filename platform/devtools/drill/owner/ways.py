"""What a new owner does by pages only, from the home page to the first booking, and a whole workshop set up."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from devtools.drill.owner.walk import Count, Walk

if TYPE_CHECKING:
    from playwright.sync_api import Page

READY_MS = 30_000
PEOPLE = ("Carlos Ruiz", "María Téllez", "José Peña", "Lucía Nava")
BAYS = ("Rampa 1", "Rampa 2", "Fosa")
SERVICES = (("Alineación", "650"), ("Clutch", "4800"))
"""What the twelve lack beside the ten of the starter kit."""
RULES = (("Citas por día", "14"), ("Citas por hora", "4"), ("Al mismo tiempo", "3"), ("Citas por día", "12"))
"""What the five lack beside the one of the starter kit; the last is of Saturdays."""

# Measured 2026-11-26; a page, a field or a press more has to be worth it.
MOST_TO_FIRST_BOOKING = Count(pages=13, fields=11, clicks=13)
MOST_TO_WORKSHOP = Count(pages=34, fields=32, clicks=52)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who signs up, and for which page."""

    slug: str
    password: str

    @property
    def email(self) -> str:
        """Return where the owner reads mail."""
        return f"olga@{self.slug}.example"


def sign_up(walk: Walk, home: str, owner: Owner, find_link: Callable[[], str]) -> None:
    """Go from the home page into the new workspace; ``find_link`` returns what the mail says."""
    page = walk.page
    walk.open(home)
    walk.click(page.locator("main .button.primary").first)
    walk.fill("business_name", "Taller Nuevo")
    walk.fill("slug", owner.slug)
    walk.fill("address", "Calle Nueva 1, Ciudad de México")
    walk.fill("phone", "55 1234 5678")
    walk.fill("owner_name", "Olga Ríos")
    walk.fill("email", owner.email)
    walk.fill("password", owner.password)
    walk.tick("[name=terms]")
    walk.press("Crear mi página")
    page.get_by_role("heading", name="Revisa tu correo").wait_for()
    walk.open(find_link())
    walk.press("Confirmar correo")
    page.wait_for_url("**/workspace/", timeout=READY_MS)


def publish(walk: Walk) -> None:
    """Open the new page to everybody."""
    page = walk.page
    walk.press("Publicar")
    page.wait_for_url("**/workspace/page/")
    walk.click(page.locator("main").get_by_role("button", name="Publicar"))
    page.get_by_role("heading", name="Todos pueden reservar").wait_for()


def book(walk: Walk, page_url: str) -> None:
    """Book the first service at the first free time, as a customer with the link."""
    page = walk.page
    walk.open(page_url)
    walk.click(page.locator(".pick").first)
    walk.fill("asset.make", "Nissan")
    walk.fill("asset.model", "Versa")
    walk.press("Continuar")
    walk.click(page.get_by_role("button", name="Primera hora libre"))
    walk.fill("name", "Ana Ruiz")
    walk.fill("phone", "55 8765 4321")
    walk.press("Confirmar cita")
    page.get_by_role("heading", name="Cita confirmada").wait_for()


def set_up_workshop(walk: Walk) -> list[tuple[str, Count]]:
    """Set up a workshop of 4 mechanics, 3 bays, 12 services and 5 rules; return what each part took.

    The starter kit's two mechanics and two bays get names, its ten services prices; the rest is added.
    """
    parts = (
        ("opening hours", _set_hours),
        ("4 mechanics", lambda walk: _set_resources(walk, "Mecánico", PEOPLE)),
        ("3 bays", lambda walk: _set_resources(walk, "Elevador", BAYS)),
        ("12 services", _set_services),
        ("5 rules", _set_rules),
    )
    walk.take()
    counts = []
    for name, set_up in parts:
        set_up(walk)
        counts.append((name, walk.take()))
    return counts


def _set_hours(walk: Walk) -> None:
    page = walk.page
    _go(walk, "Horarios")
    walk.click(page.locator("tbody a").first)
    for day in range(5):
        walk.fill(page.locator("input[name^='hours-l']").nth(day + 1).get_attribute("name") or "", "8:30-18:30")
    _save(walk)


def _set_resources(walk: Walk, kind: str, names: tuple[str, ...]) -> None:
    """Name what the kit brought, add what it lacks."""
    page = walk.page
    _go(walk, "Equipo")
    for number, name in enumerate(names, start=1):
        present = page.get_by_role("link", name=f"{kind} {number}", exact=True)
        if present.count():
            walk.click(present)
        else:
            walk.press("Agregar")
            page.wait_for_url("**/resources/new/")
            if page.locator("[name=resource_type_id] option:checked").inner_text() != kind:
                walk.choose("resource_type_id", kind)
        walk.fill("name", name)
        _save(walk)
        if not page.url.rstrip("/").endswith("resources"):
            walk.press("Equipo", within=page.locator("header.bar"))
            page.wait_for_url("**/workspace/resources/")


def _set_services(walk: Walk) -> None:
    page = walk.page
    _go(walk, "Servicios")
    walk.press("Editar precios")
    page.wait_for_url("**/prices/")
    names = [
        each.get_attribute("name") or "" for each in page.locator("input[name$='-price']:enabled:not([readonly])").all()
    ]
    for number, name in enumerate(names, start=1):
        walk.fill(name, str(500 + 110 * number))
    walk.press("Guardar precios")
    page.get_by_text(re.compile("^Precios guardados")).first.wait_for()
    for name, price in SERVICES:
        _go(walk, "Servicios")
        walk.press("Nuevo servicio")
        page.wait_for_url("**/services/new/")
        walk.fill("name", name)
        walk.fill("price", price)
        walk.press("Agregar persona, lugar o herramienta")
        page.locator("[name=requirements-1-resource_type_id]").wait_for()
        walk.choose("requirements-1-resource_type_id", "Elevador")
        _save(walk)


def _set_rules(walk: Walk) -> None:
    page = walk.page
    for number, (model, limit) in enumerate(RULES, start=1):
        _go(walk, "Límites")
        walk.click(page.locator("a[href$='/rules/new/']").filter(visible=True).first)
        page.wait_for_url("**/rules/new/")
        walk.press(model)
        page.locator("[name=limit][value]:not([value=''])").wait_for()
        walk.fill("limit", limit)
        if number == len(RULES):
            walk.tick("[name=weekdays][value='5']")
        _save(walk)


def _go(walk: Walk, entry: str) -> None:
    page = walk.page
    if not page.locator(".settings-menu").count():
        walk.press("Ajustes", within=page.locator(".rail"))
        page.locator(".settings-menu").wait_for()
    walk.press(entry, within=page.locator(".settings-menu"))
    walk.page.get_by_role("heading", name=entry, level=1).wait_for()


def _save(walk: Walk) -> None:
    walk.click(walk.page.locator(".save-bar .button.primary"))
    walk.page.get_by_text(re.compile("^Guardado")).first.wait_for()


def find_verify_link(text: str) -> str:
    """Return the link that a mail asks to follow."""
    found = re.search(r"https?://\S+/sign-up/verify/\S+", text)
    if found is None:
        raise LookupError(text)
    return found[0]


def make_page_url(page: Page) -> str:
    """Return the booking page of the workspace that is shown."""
    return urljoin(page.url, "/")
