"""What the columns of a file may fill, and what each probably does: by its head, and by files that came before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kernel.identity.keys import make_key
from kernel.languages import LANGUAGES
from kernel.text import mark
from scheduling.enums import ImportKind
from scheduling.errors.imports import ImportUnreadable
from scheduling.models import Import
from scheduling.types.imports.rows import ImportTarget
from tenants.context import current_tenant
from verticals.contract import AssetField, Vertical
from verticals.registry import get_vertical

NAME, FIRST_NAME, LAST_NAME = "name", "first_name", "last_name"
PHONE, EMAIL, NOTES, TAGS, TAX_ID, WHOLE = "phone", "email", "notes", "tags", "tax_id", "asset"
ASSET_PREFIX = "asset."
START, DATE, TIME, END, LENGTH = "start", "date", "time", "end", "length"
SERVICE, WORKER, PLACE, VISIT_NOTE = "service", "worker", "place", "visit_note"
REMEMBERED_FILES = 20

NO_NAME_COLUMN = mark("Say which column has the name.")
TWICE = mark("Two columns are to fill the same: choose one of them.")
NO_START_COLUMN = mark("Say which column has the date.")
UNKNOWN_TARGET = mark("Choose what each column fills from the list.")

_PEOPLE = (
    ImportTarget(
        NAME,
        mark("Name"),
        (
            "name",
            "nombre",
            "nombre completo",
            "full name",
            "cliente",
            "customer",
            "client",
            "razon social",
            "titulo",
            "title",
        ),
        example="Laura Jiménez Ríos",
    ),
    ImportTarget(FIRST_NAME, mark("First name"), ("first name", "nombres", "primer nombre", "given name")),
    ImportTarget(LAST_NAME, mark("Last name"), ("last name", "apellido", "apellidos", "surname", "family name")),
    ImportTarget(
        PHONE,
        mark("Phone"),
        (
            *("phone", "telefono", "tel", "cel", "celular", "movil", "mobile", "tel cel", "tel movil", "whatsapp"),
            *("phone number", "numero", "numero de telefono", "telefono celular", "telefono movil", "cell"),
            *("telefono 1", "telefono 2", "phone 1", "phone 2", "tel casa", "tel oficina", "contacto"),
        ),
        is_single=False,
        example="55 1234 5678",
    ),
    ImportTarget(
        EMAIL,
        mark("E-mail"),
        ("email", "e mail", "mail", "correo", "correo electronico", "email address", "direccion de correo"),
        is_single=False,
        example="laura@example.com",
    ),
    ImportTarget(
        NOTES,
        mark("Private note"),
        ("notes", "note", "notas", "nota", "obs", "observaciones", "observacion", "comentarios", "comments", "remarks"),
        is_single=False,
        example="",
    ),
    ImportTarget(TAGS, mark("Tags"), ("tags", "etiquetas", "etiqueta", "categoria", "grupo", "group"), is_single=False),
    ImportTarget(
        TAX_ID, mark("Tax number"), ("rfc", "cuit", "nit", "nif", "rut", "ruc", "tax id", "tax number", "id fiscal")
    ),
)
_VISITS = (
    ImportTarget(
        START,
        mark("Date and time"),
        ("fecha y hora", "fecha hora", "date and time", "date time", "inicio", "start", "comienza", "starts"),
        example="2026-12-14 10:30",
    ),
    ImportTarget(DATE, mark("Date"), ("fecha", "date", "dia", "fecha cita", "fecha de la cita", "start date")),
    ImportTarget(TIME, mark("Time"), ("hora", "time", "hora inicio", "hora de inicio", "hora cita", "start time")),
    ImportTarget(END, mark("End"), ("fin", "hora fin", "hora de fin", "termina", "end", "end time", "hasta")),
    ImportTarget(
        LENGTH,
        mark("Duration"),
        ("duracion", "duration", "minutos", "minutes", "duracion minutos", "duracion min", "tiempo"),
        example="60",
    ),
    ImportTarget(
        SERVICE,
        mark("Service"),
        ("servicio", "service", "trabajo", "motivo", "tratamiento", "tipo", "tipo de cita", "tipo de servicio"),
    ),
    ImportTarget(
        WORKER,
        mark("Person or resource"),
        (
            *("mecanico", "tecnico", "empleado", "profesional", "atiende", "asignado", "asignado a", "responsable"),
            *("mechanic", "technician", "employee", "staff", "with", "con", "estilista", "doctor", "recurso", "bahia"),
        ),
    ),
    ImportTarget(PLACE, mark("Location"), ("sucursal", "sede", "location", "branch", "local")),
    ImportTarget(VISIT_NOTE, mark("Note, which the customer reads too"), ("nota para el cliente", "customer note")),
)
_VISITORS = frozenset({NAME, FIRST_NAME, LAST_NAME, PHONE, EMAIL})
_WORDS: Mapping[str, tuple[str, ...]] = {
    "plate": ("plate", "placa", "placas", "patente", "matricula", "license plate", "registration", "dominio"),
    "make": ("make", "marca", "brand"),
    "model": ("model", "modelo", "linea"),
    "year": ("year", "ano", "ano modelo", "model year"),
    "vin": ("vin", "serie", "niv", "chasis", "numero de serie", "no serie", "bastidor"),
    "mileage": ("mileage", "km", "kms", "kilometraje", "kilometros", "odometro", "odometer", "millas", "miles"),
}
_WHOLE_WORDS = ("auto", "vehiculo", "coche", "carro", "vehicle", "car", "unidad", "moto")
WHOLE_LABEL = mark("Make, model and year in one")


def list_targets(kind: ImportKind = ImportKind.CUSTOMERS) -> tuple[ImportTarget, ...]:
    """Return what columns of such a file can fill in this business, the trade's own fields last.

    A visit has one phone and one e-mail; of its customer nothing else is written.
    """
    tenant = current_tenant()
    vertical = get_vertical(tenant.vertical)
    fields = vertical.asset.fields if vertical.asset else ()
    targets = tuple(_make_target(each, vertical) for each in fields)
    if splits_label(vertical):
        targets = (ImportTarget(WHOLE, WHOLE_LABEL, _WHOLE_WORDS, example=""), *targets)
    if kind == ImportKind.BOOKINGS:
        return (*_VISITS, *(replace(each, is_single=True) for each in _PEOPLE if each.key in _VISITORS), *targets)
    return _PEOPLE + targets


def splits_label(vertical: Vertical) -> bool:
    """Tell whether one cell may say what a vehicle is: "Nissan Versa 2019"."""
    return vertical.asset is not None and tuple(vertical.asset.label_fields) == ("make", "model", "year")


def guess_targets(heads: Sequence[str], kind: ImportKind = ImportKind.CUSTOMERS) -> tuple[tuple[str, ...], bool]:
    """Return what each column probably fills, and whether all of it was said before: of these columns, by somebody."""
    targets = list_targets(kind)
    remembered = _recall(kind)
    keys = [make_key(head) for head in heads]
    known = {make_key(word): target.key for target in targets for word in target.words}
    single = {target.key for target in targets if target.is_single}
    taken: set[str] = set()
    found: list[str] = []
    for key in keys:
        target = remembered.get(key, known.get(key, ""))
        if target in single & taken:
            target = ""
        taken.add(target)
        found.append(target)
    if {NAME, LAST_NAME} <= taken and FIRST_NAME not in taken:
        found[found.index(NAME)] = FIRST_NAME  # "Nombre" beside "Apellidos" is the first name
    return tuple(found), bool(keys) and all(key in remembered for key in keys)


def check_targets(targets: Sequence[str], *, heads: Sequence[str], kind: ImportKind = ImportKind.CUSTOMERS) -> None:
    """Refuse what cannot be read.

    Raises:
        ImportUnreadable: There is no name, a visit has no date, a column fills what none can, or two fill one thing.
    """
    known = {each.key: each for each in list_targets(kind)}
    if len(targets) != len(heads) or any(each and each not in known for each in targets):
        raise ImportUnreadable(UNKNOWN_TARGET)
    if not {NAME, FIRST_NAME, LAST_NAME} & set(targets):
        raise ImportUnreadable(NO_NAME_COLUMN)
    if kind == ImportKind.BOOKINGS and not {START, DATE} & set(targets):
        raise ImportUnreadable(NO_START_COLUMN)
    single = [each for each in targets if each and known[each].is_single]
    if len(single) != len(set(single)):
        raise ImportUnreadable(TWICE)


def _recall(kind: ImportKind) -> dict[str, str]:
    """Return what columns were said to fill in such files that came before, by their heads; the last word wins."""
    known = {each.key for each in list_targets(kind)} | {""}
    found: dict[str, str] = {}
    decided = Import.objects.filter(kind=kind).exclude(plans={}).order_by("-pk")[:REMEMBERED_FILES]
    for heads, targets in reversed(list(decided.values_list("heads", "targets"))):
        found |= {
            make_key(head): target for head, target in zip(heads, targets, strict=False) if target in known and head
        }
    return found


def _make_target(field: AssetField, vertical: Vertical) -> ImportTarget:
    country = current_tenant().country
    labels = {vertical.label_field(field, language=each, country=country) for each in LANGUAGES}
    label = vertical.label_field(field, language=current_tenant().locale, country=country)
    words = (*_WORDS.get(field.key, ()), *sorted(labels), field.label)
    return ImportTarget(f"{ASSET_PREFIX}{field.key}", label, words, example=field.example)
