"""Who the sample businesses are; everything in them is invented."""

from __future__ import annotations

from dataclasses import dataclass

DEMO_PASSWORD = "demo-turnero-2026"  # noqa: S105 - printed for everybody who starts the demo
"""Every login of the sample businesses."""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Someone who signs in; ``role`` is a value of `accounts.enums.Role`."""

    name: str
    email: str
    role: str


@dataclass(frozen=True, slots=True)
class DemoResource:
    """A resource of the kit's type ``type``."""

    type: str
    name: str
    color: str


@dataclass(frozen=True, slots=True)
class DemoBusiness:
    """One sample business.

    Attributes:
        people: The owner first.
        visits_per_day: Wanted bookings from Monday to Sunday; what does not fit is left out.
        favorites: Keys of the kit's services, as often as they are wanted.
        phone_prefix: E.164 up to the last three digits.
    """

    slug: str
    name: str
    vertical: str
    country: str
    accent: str
    address: str
    phone: str
    people: tuple[DemoPerson, ...]
    resources: tuple[DemoResource, ...]
    visits_per_day: tuple[int, int, int, int, int, int, int]
    favorites: tuple[str, ...]
    phone_prefix: str


TALLER = DemoBusiness(
    slug="taller",
    name="Taller Morales",
    vertical="automotive",
    country="MX",
    accent="#c2410c",
    address="Av. Coyoacán 1213, Del Valle, Ciudad de México",
    phone="+525512345600",
    people=(
        DemoPerson("Elena Morales", "owner@taller.example", "owner"),
        DemoPerson("Gabriela Soto", "recepcion@taller.example", "receptionist"),
        DemoPerson("Carlos Ruiz", "carlos@taller.example", "provider"),
    ),
    resources=(
        DemoResource("mechanic", "Carlos Ruiz", "#1d4ed8"),
        DemoResource("mechanic", "María Téllez", "#0f766e"),
        DemoResource("mechanic", "José Peña", "#7c3aed"),
        DemoResource("mechanic", "Lucía Nava", "#be185d"),
        DemoResource("bay", "Elevador 1", "#64748b"),
        DemoResource("bay", "Elevador 2", "#64748b"),
        DemoResource("bay", "Alineación", "#64748b"),
        DemoResource("scanner", "Escáner", "#4338ca"),
        DemoResource("courtesy_car", "Nissan March (cortesía)", "#b45309"),
        DemoResource("courtesy_car", "Chevrolet Aveo (cortesía)", "#b45309"),
    ),
    visits_per_day=(12, 11, 11, 12, 13, 7, 0),
    favorites=(
        *("oil_change",) * 6,
        *("front_brakes",) * 3,
        *("diagnosis",) * 3,
        *("tire_rotation",) * 3,
        *("battery",) * 2,
        *("major_tune_up",) * 2,
        "full_brakes",
        "air_conditioning",
        "day_with_courtesy_car",
        "suspension",
    ),
    phone_prefix="+525512345",
)

SALON = DemoBusiness(
    slug="salon",
    name="Salón Aurora",
    vertical="salon",
    country="ES",
    accent="#be185d",
    address="Calle de Fuencarral 84, Madrid",
    phone="+34910123456",
    people=(
        DemoPerson("Aurora Vidal", "owner@salon.example", "owner"),
        DemoPerson("Nuria Campos", "recepcion@salon.example", "receptionist"),
        DemoPerson("Irene Gil", "irene@salon.example", "provider"),
    ),
    resources=(
        DemoResource("stylist", "Irene Gil", "#be185d"),
        DemoResource("stylist", "Marta Soler", "#7c3aed"),
        DemoResource("stylist", "Daniel Ortiz", "#1d4ed8"),
        DemoResource("assistant", "Paula Ramos", "#0f766e"),
        DemoResource("assistant", "Sara León", "#b45309"),
        DemoResource("chair", "Sillón 1", "#64748b"),
        DemoResource("chair", "Sillón 2", "#64748b"),
        DemoResource("chair", "Sillón 3", "#64748b"),
        DemoResource("chair", "Sillón 4", "#64748b"),
    ),
    visits_per_day=(0, 8, 9, 10, 12, 13, 0),
    favorites=(
        *("womens_cut",) * 6,
        *("mens_cut",) * 4,
        *("root_color",) * 4,
        *("manicure",) * 3,
        *("makeup_class",) * 3,
        *("kids_cut",) * 2,
        "balayage",
        "keratin",
        "styling",
    ),
    phone_prefix="+34612345",
)

CLINICA = DemoBusiness(
    slug="clinica",
    name="Clínica Santa Lucía",
    vertical="clinic",
    country="CO",
    accent="#0f766e",
    address="Carrera 15 # 93-60, Chicó, Bogotá",
    phone="+576013456789",
    people=(
        DemoPerson("Dra. Patricia Londoño", "owner@clinica.example", "owner"),
        DemoPerson("Andrés Cárdenas", "recepcion@clinica.example", "receptionist"),
        DemoPerson("Dr. Felipe Arango", "felipe@clinica.example", "provider"),
    ),
    resources=(
        DemoResource("practitioner", "Dra. Patricia Londoño", "#0f766e"),
        DemoResource("practitioner", "Dr. Felipe Arango", "#1d4ed8"),
        DemoResource("practitioner", "Dra. Catalina Mejía", "#7c3aed"),
        DemoResource("nurse", "Enf. Diana Rojas", "#be185d"),
        DemoResource("nurse", "Enf. Óscar Pinto", "#b45309"),
        DemoResource("room", "Consultorio 1", "#64748b"),
        DemoResource("room", "Consultorio 2", "#64748b"),
        DemoResource("room", "Consultorio 3", "#64748b"),
        DemoResource("room", "Sala de procedimientos", "#64748b"),
    ),
    visits_per_day=(11, 10, 10, 11, 9, 4, 0),
    favorites=(
        *("general",) * 6,
        *("check_up",) * 4,
        *("sample",) * 4,
        *("first_visit",) * 3,
        *("physiotherapy",) * 3,
        *("specialist",) * 2,
        "minor_procedure",
    ),
    phone_prefix="+573001234",
)

BUSINESSES = (TALLER, SALON, CLINICA)
