"""How a clinic speaks: formally."""

from __future__ import annotations

from collections.abc import Mapping

from verticals.contract import Terms

VOCABULARY: Mapping[str, Terms] = {
    "en": {
        "resource": "practitioner",
        "resources": "practitioners",
        "visit": "appointment",
        "visits": "appointments",
        "asset": "patient",
        "assets": "patients",
        "step.asset": "The patient",
        "question.service": "What can we do for you?",
        "question.asset": "Who is the patient?",
        "choice.other_asset": "Another person",
        "question.intake": "Is there anything we should know?",
        "question.time": "What time works for you?",
        "question.details": "How can we reach you?",
        "choice.any_resource": "Any practitioner",
        "text.pay_there": "Payment is made at the clinic.",
    },
    "es": {
        "resource": "profesional",
        "resources": "profesionales",
        "visit": "cita",
        "visits": "citas",
        "asset": "paciente",
        "assets": "pacientes",
        "step.asset": "El paciente",
        "question.service": "¿En qué podemos ayudarle?",
        "question.asset": "¿Quién es el paciente?",
        "choice.other_asset": "Otra persona",
        "question.intake": "¿Hay algo que debamos saber?",
        "question.time": "¿Cuándo le queda bien?",
        "question.details": "¿Cómo le contactamos?",
        "choice.any_resource": "Cualquier profesional",
        "text.pay_there": "El pago se hace en la clínica.",
    },
    "es-ES": {"question.time": "¿Cuándo le viene bien?"},
}
