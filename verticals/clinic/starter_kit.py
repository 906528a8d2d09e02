"""What a clinic starts with: two practitioners, a nurse, two rooms, seven services."""

from __future__ import annotations

from collections.abc import Mapping

from verticals.contract import (
    KitApproval,
    KitHours,
    KitRequirement,
    KitResource,
    KitResourceType,
    KitService,
    StarterKit,
    Words,
    price_list,
)

_CONSULTATION: Words = {"en": "Consultation", "es": "Consulta"}
_NURSING: Words = {"en": "Nursing", "es": "Enfermería"}
_THERAPY: Words = {"en": "Therapy", "es": "Terapia"}
_PROCEDURE: Words = {"en": "Procedures", "es": "Procedimientos"}

_WITH_PRACTITIONER = (KitRequirement("practitioner"), KitRequirement("room"))
_WITH_NURSE = (KitRequirement("nurse"), KitRequirement("room"))
_DAY = 1440


def _prices(mxn: int, usd: int, eur: int, cop: int, clp: int, pen: int) -> Mapping[str, int]:
    return price_list(MXN=mxn, USD=usd, EUR=eur, COP=cop, CLP=clp, PEN=pen)


SERVICES = (
    KitService(
        key="general",
        name={"en": "General consultation", "es": "Consulta general"},
        description={"en": "Follow-up of a known matter or a new one", "es": "Un motivo nuevo o uno ya conocido"},
        category=_CONSULTATION,
        duration_minutes=30,
        prices=_prices(600, 120, 60, 120_000, 38_000, 120),
        requirements=_WITH_PRACTITIONER,
        notice_minutes=120,
        cutoff_minutes=_DAY,
    ),
    KitService(
        key="first_visit",
        name={"en": "First visit", "es": "Primera consulta"},
        description={"en": "Includes opening the clinical record", "es": "Incluye apertura de historia clínica"},
        category=_CONSULTATION,
        duration_minutes=45,
        prices=_prices(800, 160, 80, 160_000, 48_000, 160),
        requirements=_WITH_PRACTITIONER,
        notice_minutes=120,
        cutoff_minutes=_DAY,
    ),
    KitService(
        key="check_up",
        name={"en": "Short check-up", "es": "Control"},
        description={"en": "Results and prescriptions", "es": "Resultados y fórmulas"},
        category=_CONSULTATION,
        duration_minutes=20,
        prices=_prices(400, 80, 40, 80_000, 25_000, 80),
        requirements=_WITH_PRACTITIONER,
        step_minutes=20,
    ),
    KitService(
        key="specialist",
        name={"en": "Specialist assessment", "es": "Valoración por especialista"},
        description={"en": "We confirm after reading your referral", "es": "Confirmamos al revisar su remisión"},
        category=_CONSULTATION,
        duration_minutes=40,
        prices=_prices(1_100, 220, 110, 230_000, 65_000, 220),
        requirements=_WITH_PRACTITIONER,
        approval=KitApproval.REQUEST,
        notice_minutes=2 * _DAY,
        cutoff_minutes=_DAY,
    ),
    KitService(
        key="sample",
        name={"en": "Blood sample", "es": "Toma de muestras"},
        description={"en": "Fasting, early in the day", "es": "En ayunas, temprano"},
        category=_NURSING,
        duration_minutes=15,
        prices=_prices(250, 45, 20, 45_000, 15_000, 45),
        requirements=_WITH_NURSE,
        buffer_after_minutes=5,
    ),
    KitService(
        key="physiotherapy",
        name={"en": "Physiotherapy", "es": "Fisioterapia"},
        description={"en": "Session with a therapist", "es": "Sesión con terapeuta"},
        category=_THERAPY,
        duration_minutes=45,
        prices=_prices(550, 110, 45, 90_000, 32_000, 100),
        requirements=_WITH_PRACTITIONER,
        buffer_after_minutes=5,
    ),
    KitService(
        key="minor_procedure",
        name={"en": "Minor procedure", "es": "Procedimiento menor"},
        description={"en": "We will call you to prepare it", "es": "Le llamamos para prepararlo"},
        category=_PROCEDURE,
        duration_minutes=60,
        requirements=(
            KitRequirement("practitioner", starts_after_minutes=15, duration_minutes=30),
            KitRequirement("nurse"),
            KitRequirement("room"),
        ),
        approval=KitApproval.REQUEST,
        buffer_after_minutes=15,
        notice_minutes=2 * _DAY,
        cutoff_minutes=2 * _DAY,
    ),
)

STARTER_KIT = StarterKit(
    location_name={"en": "Clinic", "es": "Clínica"},
    resource_types=(
        KitResourceType("practitioner", {"en": "Practitioner", "es": "Profesional"}, is_person=True),
        KitResourceType("nurse", {"en": "Nurse", "es": "Enfermería"}, is_person=True),
        KitResourceType("room", {"en": "Room", "es": "Consultorio"}),
    ),
    resources=(
        KitResource(
            "practitioner", {"en": "Practitioner 1", "es": "Profesional 1"}, "#2563eb", is_customer_choosable=True
        ),
        KitResource(
            "practitioner", {"en": "Practitioner 2", "es": "Profesional 2"}, "#0d9488", is_customer_choosable=True
        ),
        KitResource("nurse", {"en": "Nurse 1", "es": "Enfermería 1"}, "#be185d"),
        KitResource("room", {"en": "Room 1", "es": "Consultorio 1"}, "#78716c"),
        KitResource("room", {"en": "Room 2", "es": "Consultorio 2"}, "#78716c"),
    ),
    hours=(KitHours((0, 1, 2, 3, 4), "07:00", "18:00"), KitHours((5,), "08:00", "12:00")),
    breaks=(KitHours((0, 1, 2, 3, 4), "12:00", "13:00"),),
    services=SERVICES,
    reminder_minutes=(2880, 1440),
    what_to_bring={
        "en": "Please bring an identity document and your latest test results, and arrive ten minutes early.",
        "es": "Traiga su documento de identidad y sus últimos exámenes, y llegue diez minutos antes.",
    },
)
