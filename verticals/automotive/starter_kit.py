"""What a workshop starts with: two mechanics, two lifts, a scanner, a courtesy car, ten services."""

from __future__ import annotations

from collections.abc import Mapping

from verticals.contract import (
    KitAddOn,
    KitApproval,
    KitCapacityRule,
    KitHours,
    KitRequirement,
    KitResource,
    KitResourceType,
    KitService,
    StarterKit,
    Words,
    price_list,
)

_ANY_ARRIVAL = ("drop_off", "wait", "tow")
_NO_TOW = ("drop_off", "wait")
_LEFT_HERE = ("drop_off", "tow")

_MAINTENANCE: Words = {"en": "Maintenance", "es": "Mantenimiento"}
_BRAKES: Words = {"en": "Brakes", "es": "Frenos"}
_DIAGNOSIS: Words = {"en": "Diagnosis", "es": "Diagnóstico"}
_TIRES: Words = {"en": "Tires", "es": "Llantas"}
_REPAIR: Words = {"en": "Repair", "es": "Reparación"}


def _job(mechanic_minutes: int | None = None) -> tuple[KitRequirement, ...]:
    """Return a mechanic for the first part of the visit, a bay for all of it."""
    return (KitRequirement("mechanic", duration_minutes=mechanic_minutes), KitRequirement("bay"))


def _prices(mxn: int, usd: int, eur: int, cop: int, clp: int, pen: int) -> Mapping[str, int]:
    return price_list(MXN=mxn, USD=usd, EUR=eur, COP=cop, CLP=clp, PEN=pen)


def _every(km: int, miles: int) -> Mapping[str, int]:
    return {"km": km, "mi": miles}


SERVICES = (
    KitService(
        key="oil_change",
        name={"en": "Oil and filter change", "es": "Cambio de aceite y filtro"},
        description={"en": "Synthetic oil, fluid levels checked", "es": "Aceite sintético, revisión de niveles"},
        category=_MAINTENANCE,
        duration_minutes=45,
        prices=_prices(850, 69, 75, 180_000, 45_000, 180),
        is_price_from=True,
        every=_every(10_000, 6_000),
        every_months=12,
        requirements=_job(),
        arrival_modes=_NO_TOW,
        add_ons=(
            KitAddOn(
                {"en": "Cabin and air filter", "es": "Filtro de aire y de cabina"},
                15,
                _prices(380, 35, 35, 80_000, 22_000, 85),
            ),
            KitAddOn({"en": "Wash", "es": "Lavado"}, 20, _prices(150, 15, 15, 30_000, 9_000, 35)),
        ),
    ),
    KitService(
        key="front_brakes",
        name={"en": "Front brakes", "es": "Frenos delanteros"},
        description={"en": "Pads, resurfacing and test drive", "es": "Balatas, rectificado y prueba"},
        category=_BRAKES,
        duration_minutes=90,
        prices=_prices(1_490, 189, 160, 320_000, 85_000, 320),
        is_price_from=True,
        requirements=_job(60),
        arrival_modes=_ANY_ARRIVAL,
    ),
    KitService(
        key="full_brakes",
        name={"en": "Brakes on all four wheels", "es": "Frenos en las cuatro ruedas"},
        description={"en": "Pads, drums, fluid and test drive", "es": "Balatas, tambores, líquido y prueba"},
        category=_BRAKES,
        duration_minutes=150,
        prices=_prices(2_690, 340, 290, 580_000, 155_000, 580),
        is_price_from=True,
        requirements=_job(120),
        arrival_modes=_ANY_ARRIVAL,
    ),
    KitService(
        key="major_tune_up",
        name={"en": "Major tune-up", "es": "Afinación mayor"},
        description={"en": "Spark plugs, filters, throttle body", "es": "Bujías, filtros, limpieza de cuerpo"},
        category=_MAINTENANCE,
        duration_minutes=180,
        prices=_prices(2_390, 299, 260, 520_000, 140_000, 520),
        is_price_from=True,
        every=_every(40_000, 25_000),
        every_months=24,
        requirements=_job(120),
        arrival_modes=_LEFT_HERE,
    ),
    KitService(
        key="diagnosis",
        name={"en": "Not sure what it is: diagnosis", "es": "No sé qué tiene: diagnóstico"},
        description={"en": "Scanner and test drive", "es": "Escáner y prueba de manejo"},
        category=_DIAGNOSIS,
        duration_minutes=60,
        prices=_prices(450, 89, 60, 95_000, 29_000, 90),
        requirements=(KitRequirement("mechanic"), KitRequirement("bay"), KitRequirement("scanner")),
        arrival_modes=_ANY_ARRIVAL,
    ),
    KitService(
        key="air_conditioning",
        name={"en": "Air conditioning", "es": "Aire acondicionado"},
        description={"en": "Leak test and recharge", "es": "Prueba de fugas y carga de gas"},
        category=_MAINTENANCE,
        duration_minutes=75,
        prices=_prices(1_250, 149, 95, 260_000, 65_000, 250),
        is_price_from=True,
        every_months=24,
        requirements=_job(45),
        arrival_modes=_NO_TOW,
    ),
    KitService(
        key="tire_rotation",
        name={"en": "Tire rotation and balancing", "es": "Rotación y balanceo"},
        description={"en": "Four wheels, pressure checked", "es": "Cuatro llantas, presión revisada"},
        category=_TIRES,
        duration_minutes=45,
        prices=_prices(520, 49, 45, 110_000, 30_000, 110),
        every=_every(10_000, 6_000),
        every_months=12,
        requirements=_job(),
        arrival_modes=_NO_TOW,
    ),
    KitService(
        key="battery",
        name={"en": "Battery replacement", "es": "Cambio de batería"},
        description={"en": "Charging system tested", "es": "Incluye prueba del sistema de carga"},
        category=_MAINTENANCE,
        duration_minutes=30,
        prices=_prices(2_150, 189, 140, 460_000, 95_000, 450),
        is_price_from=True,
        requirements=_job(),
        arrival_modes=_ANY_ARRIVAL,
    ),
    KitService(
        key="day_with_courtesy_car",
        name={"en": "Full service with courtesy car", "es": "Servicio completo con auto de cortesía"},
        description={"en": "Take ours while we work on yours", "es": "Te prestamos un auto mientras trabajamos"},
        category=_MAINTENANCE,
        duration_minutes=300,
        prices=_prices(3_890, 459, 390, 850_000, 210_000, 790),
        is_price_from=True,
        requirements=(
            KitRequirement("mechanic", duration_minutes=180),
            KitRequirement("bay", duration_minutes=240),
            KitRequirement("courtesy_car"),
        ),
        arrival_modes=("drop_off",),
        notice_minutes=1440,
    ),
    KitService(
        key="suspension",
        name={"en": "Suspension repair", "es": "Reparación de suspensión"},
        description={"en": "We confirm once we have the parts", "es": "Confirmamos al tener las piezas"},
        category=_REPAIR,
        duration_minutes=240,
        requirements=_job(180),
        arrival_modes=_LEFT_HERE,
        approval=KitApproval.REQUEST,
        notice_minutes=1440,
    ),
)

STARTER_KIT = StarterKit(
    location_name={"en": "Workshop", "es": "Taller"},
    resource_types=(
        KitResourceType("mechanic", {"en": "Mechanic", "es": "Mecánico"}, is_person=True),
        KitResourceType("bay", {"en": "Bay", "es": "Elevador"}),
        KitResourceType("scanner", {"en": "Scanner", "es": "Escáner"}),
        KitResourceType("courtesy_car", {"en": "Courtesy car", "es": "Auto de cortesía"}),
    ),
    resources=(
        KitResource("mechanic", {"en": "Mechanic 1", "es": "Mecánico 1"}, "#2563eb", is_customer_choosable=True),
        KitResource("mechanic", {"en": "Mechanic 2", "es": "Mecánico 2"}, "#0d9488", is_customer_choosable=True),
        KitResource("bay", {"en": "Bay 1", "es": "Elevador 1"}, "#78716c"),
        KitResource("bay", {"en": "Bay 2", "es": "Elevador 2"}, "#78716c"),
        KitResource("scanner", {"en": "Scanner", "es": "Escáner"}, "#7c3aed"),
        KitResource("courtesy_car", {"en": "Courtesy car 1", "es": "Auto de cortesía 1"}, "#c2410c"),
    ),
    hours=(KitHours((0, 1, 2, 3, 4), "08:00", "18:00"), KitHours((5,), "08:00", "14:00")),
    breaks=(KitHours((0, 1, 2, 3, 4), "13:00", "14:00"),),
    services=SERVICES,
    capacity_rules=(KitCapacityRule("hour", 2, arrival_mode="wait"),),
    reminder_minutes=(1440, 120),
    what_to_bring={
        "en": "Bring the vehicle’s registration card and leave nothing of value inside.",
        "es": "Trae tarjeta de circulación y no dejes objetos de valor en el vehículo.",
    },
)
