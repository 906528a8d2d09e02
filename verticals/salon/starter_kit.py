"""What a salon starts with: two stylists, an assistant, three chairs, nine services."""

from __future__ import annotations

from collections.abc import Mapping

from verticals.contract import (
    KitAddOn,
    KitHours,
    KitRequirement,
    KitResource,
    KitResourceType,
    KitService,
    StarterKit,
    Words,
    price_list,
)

_CUT: Words = {"en": "Cut", "es": "Corte"}
_COLOR: Words = {"en": "Color", "es": "Color"}
_CARE: Words = {"en": "Care and styling", "es": "Tratamiento y peinado"}
_NAILS: Words = {"en": "Nails", "es": "Uñas"}
_CLASSES: Words = {"en": "Classes", "es": "Clases"}

_WITH_STYLIST = (KitRequirement("stylist"), KitRequirement("chair"))


def _color(*, active: int, passive: int, finishing: int) -> tuple[KitRequirement, ...]:
    """Return the parts of a coloring: the stylist is free while it takes effect, the chair is not."""
    return (
        KitRequirement("stylist", duration_minutes=active),
        KitRequirement("chair"),
        KitRequirement("assistant", starts_after_minutes=active + passive, duration_minutes=finishing),
    )


def _prices(mxn: int, usd: int, eur: int, cop: int, clp: int, pen: int) -> Mapping[str, int]:
    return price_list(MXN=mxn, USD=usd, EUR=eur, COP=cop, CLP=clp, PEN=pen)


SERVICES = (
    KitService(
        key="womens_cut",
        name={"en": "Women’s haircut", "es": "Corte de dama"},
        description={"en": "Wash, cut and blow-dry", "es": "Lavado, corte y secado"},
        category=_CUT,
        duration_minutes=45,
        prices=_prices(420, 55, 32, 65_000, 18_000, 70),
        requirements=_WITH_STYLIST,
        add_ons=(
            KitAddOn(
                {"en": "Deep conditioning", "es": "Hidratación profunda"}, 15, _prices(180, 20, 12, 30_000, 9_000, 30)
            ),
        ),
    ),
    KitService(
        key="mens_cut",
        name={"en": "Men’s haircut", "es": "Corte de caballero"},
        description={"en": "Clippers or scissors", "es": "Máquina o tijera"},
        category=_CUT,
        duration_minutes=30,
        prices=_prices(250, 35, 18, 40_000, 12_000, 40),
        requirements=_WITH_STYLIST,
        add_ons=(KitAddOn({"en": "Beard", "es": "Barba"}, 15, _prices(120, 15, 9, 20_000, 6_000, 20)),),
    ),
    KitService(
        key="kids_cut",
        name={"en": "Kids’ haircut", "es": "Corte infantil"},
        description={"en": "Up to 10 years", "es": "Hasta 10 años"},
        category=_CUT,
        duration_minutes=30,
        prices=_prices(200, 28, 15, 32_000, 10_000, 35),
        requirements=_WITH_STYLIST,
    ),
    KitService(
        key="root_color",
        name={"en": "Root color", "es": "Color de raíz"},
        description={"en": "Application, 45 minutes to take, finish", "es": "Aplicación, 45 minutos de pose y acabado"},
        category=_COLOR,
        duration_minutes=95,
        prices=_prices(780, 95, 48, 120_000, 38_000, 140),
        is_price_from=True,
        requirements=_color(active=30, passive=45, finishing=20),
        notice_minutes=120,
    ),
    KitService(
        key="balayage",
        name={"en": "Balayage", "es": "Balayage"},
        description={"en": "Highlights by hand and toner", "es": "Luces a mano alzada y matizado"},
        category=_COLOR,
        duration_minutes=180,
        prices=_prices(1_950, 210, 110, 320_000, 95_000, 360),
        is_price_from=True,
        requirements=_color(active=90, passive=50, finishing=40),
        notice_minutes=1440,
        cutoff_minutes=1440,
    ),
    KitService(
        key="keratin",
        name={"en": "Keratin treatment", "es": "Tratamiento de keratina"},
        description={"en": "Smooths for three months", "es": "Alisa hasta por tres meses"},
        category=_CARE,
        duration_minutes=120,
        prices=_prices(1_600, 180, 95, 260_000, 75_000, 280),
        is_price_from=True,
        requirements=_color(active=60, passive=30, finishing=30),
        notice_minutes=1440,
    ),
    KitService(
        key="styling",
        name={"en": "Event styling", "es": "Peinado para evento"},
        description={"en": "Updo or waves", "es": "Recogido u ondas"},
        category=_CARE,
        duration_minutes=60,
        prices=_prices(650, 75, 45, 95_000, 30_000, 110),
        is_price_from=True,
        requirements=_WITH_STYLIST,
    ),
    KitService(
        key="manicure",
        name={"en": "Gel manicure", "es": "Manicure con gel"},
        description={"en": "With removal of the last one", "es": "Incluye retiro del anterior"},
        category=_NAILS,
        duration_minutes=50,
        prices=_prices(380, 45, 28, 55_000, 17_000, 60),
        requirements=(KitRequirement("assistant"), KitRequirement("chair")),
        buffer_after_minutes=10,
    ),
    KitService(
        key="makeup_class",
        name={"en": "Makeup class", "es": "Clase de automaquillaje"},
        description={"en": "Group of up to six", "es": "Grupo de hasta seis personas"},
        category=_CLASSES,
        duration_minutes=90,
        prices=_prices(490, 60, 35, 80_000, 25_000, 90),
        requirements=(KitRequirement("stylist"),),
        seats=6,
        step_minutes=90,
        notice_minutes=1440,
    ),
)

STARTER_KIT = StarterKit(
    location_name={"en": "Salon", "es": "Salón"},
    resource_types=(
        KitResourceType("stylist", {"en": "Stylist", "es": "Estilista"}, is_person=True),
        KitResourceType("assistant", {"en": "Assistant", "es": "Asistente"}, is_person=True),
        KitResourceType("chair", {"en": "Chair", "es": "Sillón"}),
    ),
    resources=(
        KitResource("stylist", {"en": "Stylist 1", "es": "Estilista 1"}, "#be185d", is_customer_choosable=True),
        KitResource("stylist", {"en": "Stylist 2", "es": "Estilista 2"}, "#7c3aed", is_customer_choosable=True),
        KitResource("assistant", {"en": "Assistant 1", "es": "Asistente 1"}, "#0d9488"),
        KitResource("chair", {"en": "Chair 1", "es": "Sillón 1"}, "#78716c"),
        KitResource("chair", {"en": "Chair 2", "es": "Sillón 2"}, "#78716c"),
        KitResource("chair", {"en": "Chair 3", "es": "Sillón 3"}, "#78716c"),
    ),
    hours=(KitHours((1, 2, 3, 4), "10:00", "20:00"), KitHours((5,), "09:00", "19:00")),
    breaks=(KitHours((1, 2, 3, 4, 5), "14:00", "15:00"),),
    services=SERVICES,
    reminder_minutes=(1440, 180),
    what_to_bring={
        "en": "Arrive five minutes early. If you have a picture of what you want, bring it.",
        "es": "Llega cinco minutos antes. Si tienes una foto de lo que quieres, tráela.",
    },
)
