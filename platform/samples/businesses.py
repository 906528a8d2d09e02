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
    """A resource of the kit's type ``type``; what it can do, in the language of the business."""

    type: str
    name: str
    color: str
    skills: tuple[str, ...] = ()


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
        DemoResource("mechanic", "Carlos Ruiz", "#2563eb", ("Motor", "Frenos", "Suspensión")),
        DemoResource("mechanic", "María Téllez", "#0d9488", ("Motor", "Frenos", "Aire acondicionado")),
        DemoResource("mechanic", "José Peña", "#7c3aed", ("Frenos", "Alineación")),
        DemoResource("mechanic", "Lucía Nava", "#be185d", ("Motor", "Electrónica")),
        DemoResource("bay", "Elevador 1", "#78716c"),
        DemoResource("bay", "Elevador 2", "#78716c"),
        DemoResource("bay", "Elevador 3", "#78716c"),
        DemoResource("bay", "Alineación", "#78716c"),
        DemoResource("scanner", "Escáner", "#0369a1"),
        DemoResource("courtesy_car", "Nissan March (cortesía)", "#c2410c"),
        DemoResource("courtesy_car", "Chevrolet Aveo (cortesía)", "#c2410c"),
    ),
    visits_per_day=(27, 26, 26, 27, 28, 13, 0),
    favorites=(
        *("oil_change",) * 4,
        *("front_brakes",) * 4,
        *("diagnosis",) * 3,
        *("major_tune_up",) * 3,
        *("tire_rotation",) * 2,
        *("full_brakes",) * 2,
        *("air_conditioning",) * 2,
        "battery",
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
        DemoResource("stylist", "Irene Gil", "#be185d", ("Corte", "Color")),
        DemoResource("stylist", "Marta Soler", "#7c3aed", ("Corte", "Color", "Keratina")),
        DemoResource("stylist", "Daniel Ortiz", "#2563eb", ("Corte", "Barba")),
        DemoResource("assistant", "Paula Ramos", "#0d9488", ("Lavado", "Manicura")),
        DemoResource("assistant", "Sara León", "#c2410c", ("Lavado", "Maquillaje")),
        DemoResource("chair", "Sillón 1", "#78716c"),
        DemoResource("chair", "Sillón 2", "#78716c"),
        DemoResource("chair", "Sillón 3", "#78716c"),
        DemoResource("chair", "Sillón 4", "#78716c"),
    ),
    visits_per_day=(0, 28, 27, 27, 29, 30, 0),
    favorites=(
        *("womens_cut",) * 5,
        *("root_color",) * 4,
        *("mens_cut",) * 3,
        *("manicure",) * 2,
        *("makeup_class",) * 2,
        *("balayage",) * 2,
        *("keratin",) * 2,
        *("styling",) * 2,
        "kids_cut",
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
        DemoResource("practitioner", "Dra. Patricia Londoño", "#0d9488", ("Medicina general", "Dermatología")),
        DemoResource("practitioner", "Dr. Felipe Arango", "#2563eb", ("Medicina general", "Fisioterapia")),
        DemoResource("practitioner", "Dra. Catalina Mejía", "#7c3aed", ("Pediatría",)),
        DemoResource("nurse", "Enf. Diana Rojas", "#be185d", ("Curaciones", "Toma de muestras")),
        DemoResource("nurse", "Enf. Óscar Pinto", "#c2410c", ("Toma de muestras",)),
        DemoResource("room", "Consultorio 1", "#78716c"),
        DemoResource("room", "Consultorio 2", "#78716c"),
        DemoResource("room", "Consultorio 3", "#78716c"),
        DemoResource("room", "Sala de procedimientos", "#78716c"),
    ),
    visits_per_day=(42, 42, 40, 40, 38, 16, 0),
    favorites=(
        *("general",) * 4,
        *("first_visit",) * 4,
        *("physiotherapy",) * 4,
        *("specialist",) * 2,
        *("minor_procedure",) * 2,
        *("sample",) * 2,
        "check_up",
    ),
    phone_prefix="+573001234",
)

BUSINESSES = (TALLER, SALON, CLINICA)
