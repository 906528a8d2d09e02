"""Who books at the sample businesses, and what with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from kernel.lines import compose
from samples.businesses import DemoBusiness

CUSTOMERS_PER_BUSINESS = 70

_FIRST_NAMES = (
    "Jorge Mónica Raúl Elena Pablo Luis Sofía Hugo Nadia Diego Irma Óscar Ana Iván Teresa Marta Rubén Laura Andrés "
    "Carmen Miguel Paola Fernando Beatriz Sergio Valeria Tomás Gloria Emilio Rosa Javier Claudia Mateo Silvia Julián "
    "Natalia Ricardo Pilar Adrián Verónica"
)
_LAST_NAMES = (
    "Salas Prieto Ibarra Cruz Díaz Ortega Lara Medina Flores Luna Solís Reyes Torres Campos Ríos Gil Soto Jiménez "
    "Herrera Vega Castaño Molina Navarro Quintero Rivas Serrano Vargas Zamora Beltrán Domínguez Esquivel Fuentes "
    "Guzmán Acosta Bravo"
)
_CARS = (
    ("Nissan", "Versa"),
    ("Nissan", "March"),
    ("Nissan", "Sentra"),
    ("Nissan", "NP300"),
    ("Nissan", "Kicks"),
    ("Nissan", "Tsuru"),
    ("Chevrolet", "Aveo"),
    ("Chevrolet", "Spark"),
    ("Chevrolet", "Onix"),
    ("Chevrolet", "Beat"),
    ("Volkswagen", "Jetta"),
    ("Volkswagen", "Vento"),
    ("Volkswagen", "Gol"),
    ("Toyota", "Hilux"),
    ("Toyota", "RAV4"),
    ("Toyota", "Corolla"),
    ("Honda", "CR-V"),
    ("Honda", "Civic"),
    ("Mazda", "3"),
    ("Mazda", "CX-5"),
    ("Ford", "EcoSport"),
    ("Ford", "Ranger"),
    ("Kia", "Rio"),
    ("Hyundai", "Grand i10"),
    ("SEAT", "Ibiza"),
)
_PLATE_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_CHILDREN = ("Emma", "Santiago", "Lucía", "Martín", "Isabella", "Samuel")


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """A person with one asset; ``asset`` is empty where the vertical has none."""

    name: str
    phone: str
    email: str
    asset: Mapping[str, str]


def make_customers(business: DemoBusiness) -> tuple[DemoCustomer, ...]:
    """Make the business's customers, the same ones every time."""
    rng = Random(f"customers of {business.slug}")  # noqa: S311 - sample data, the same every time
    names = [f"{first} {last}" for first in _FIRST_NAMES.split() for last in _LAST_NAMES.split()]
    customers = []
    for number, name in enumerate(rng.sample(names, CUSTOMERS_PER_BUSINESS)):
        has_email = rng.random() < 0.75  # noqa: PLR2004 - three of four leave an e-mail
        customers.append(
            DemoCustomer(
                name=name,
                phone=f"{business.phone_prefix}{100 + number}",
                email=f"{_spell(name)}@correo.example" if has_email else "",
                asset=_make_asset(business.vertical, name, rng),
            )
        )
    return tuple(customers)


def _make_asset(vertical: str, name: str, rng: Random) -> Mapping[str, str]:
    match vertical:
        case "automotive":
            make, model = rng.choice(_CARS)
            year = 2017 if model == "Tsuru" else rng.randint(2012, 2025)
            letters = "".join(rng.choices(_PLATE_LETTERS, k=3))
            return {
                "make": make,
                "model": model,
                "year": str(year),
                "plate": f"{letters}-{rng.randint(100, 999)}-{rng.choice(_PLATE_LETTERS)}",
                "mileage": str(max(1, 2026 - year) * rng.randint(8_000, 17_000)),
            }
        case "clinic":
            if rng.random() < 0.15:  # noqa: PLR2004 - some come with a child
                return {
                    "full_name": f"{rng.choice(_CHILDREN)} {name.rsplit(maxsplit=1)[-1]}",
                    "birth_year": str(rng.randint(2012, 2024)),
                }
            return {"full_name": name, "birth_year": str(rng.randint(1945, 2004))}
        case _:
            return {}


def _spell(name: str) -> str:
    plain = compose("NFKD", name).encode("ascii", "ignore").decode()
    return plain.lower().replace(" ", ".")
