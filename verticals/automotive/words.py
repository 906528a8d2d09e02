"""How a workshop speaks, by language and, where it differs, by country."""

from __future__ import annotations

from collections.abc import Mapping

from verticals.contract import Terms

_PATENTE: Terms = {"field.plate": "Patente"}
_SPAIN: Terms = {
    "field.plate": "Matrícula",
    "asset": "coche",
    "assets": "coches",
    "question.service": "¿Qué necesita tu coche?",
    "question.asset": "¿Qué coche traes?",
    "choice.other_asset": "Otro coche",
    "step.asset": "Tu coche",
}

VOCABULARY: Mapping[str, Terms] = {
    "en": {
        "resource": "mechanic",
        "resources": "mechanics",
        "visit": "appointment",
        "visits": "appointments",
        "asset": "vehicle",
        "assets": "vehicles",
        "step.asset": "Your vehicle",
        "question.service": "What does your car need?",
        "question.asset": "Which vehicle is it?",
        "choice.other_asset": "Another vehicle",
        "question.arrival": "How will it get here?",
        "question.intake": "Noticed anything else?",
        "label.intake": "Symptoms",
        "unit.mileage": "km",
        "question.time": "What time works?",
        "question.details": "Who is it for?",
        "choice.any_resource": "Any mechanic",
        "text.pay_there": "You pay at the workshop.",
    },
    "es": {
        "resource": "mecánico",
        "resources": "mecánicos",
        "visit": "cita",
        "visits": "citas",
        "asset": "vehículo",
        "assets": "vehículos",
        "step.asset": "Tu vehículo",
        "question.service": "¿Qué necesita tu auto?",
        "question.asset": "¿Qué vehículo traes?",
        "choice.other_asset": "Otro vehículo",
        "question.arrival": "¿Cómo nos lo traes?",
        "question.intake": "¿Notas algo más?",
        "label.intake": "Síntomas",
        "unit.mileage": "km",
        "question.time": "¿Cuándo te queda?",
        "question.details": "¿A nombre de quién?",
        "choice.any_resource": "Cualquier mecánico",
        "text.pay_there": "Pagas en el taller.",
        "field.plate": "Placa",
    },
    "en-US": {"unit.mileage": "mi"},
    "es-AR": _PATENTE,
    "es-CL": _PATENTE,
    "es-PY": {"field.plate": "Chapa"},
    "es-UY": {"field.plate": "Matrícula"},
    "es-ES": _SPAIN,
}
