"""How a salon speaks."""

from __future__ import annotations

from collections.abc import Mapping

from verticals.contract import Terms

VOCABULARY: Mapping[str, Terms] = {
    "en": {
        "resource": "stylist",
        "resources": "stylists",
        "visit": "appointment",
        "visits": "appointments",
        "question.service": "What would you like to have done?",
        "question.intake": "Anything we should know?",
        "question.time": "What time works?",
        "question.details": "Who is it for?",
        "choice.any_resource": "Any stylist",
        "text.pay_there": "You pay at the salon.",
    },
    "es": {
        "resource": "estilista",
        "resources": "estilistas",
        "visit": "cita",
        "visits": "citas",
        "question.service": "¿Qué te quieres hacer?",
        "question.intake": "¿Algo que debamos saber?",
        "question.time": "¿Cuándo te queda?",
        "question.details": "¿A nombre de quién?",
        "choice.any_resource": "Cualquier estilista",
        "text.pay_there": "Pagas en el salón.",
    },
    "es-ES": {
        "text.pay_there": "Pagas en la peluquería.",
        "question.time": "¿Cuándo te viene bien?",
    },
}
