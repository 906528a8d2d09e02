"""What customers of sample businesses say about their visits, and what these answer; all of it is invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random

from scheduling.enums import ActorKind
from scheduling.selectors.aftercare.feedback import list_published
from scheduling.services.aftercare.answers import answer_feedback
from scheduling.services.aftercare.feedback import give_feedback
from scheduling.services.messages.manage_tokens import make_manage_token
from scheduling.types import Actor, BookingView
from scheduling.types.aftercare.views import GivenFeedback
from tenants.context import current_tenant

STAFF = Actor(kind=ActorKind.STAFF)
SHARE = 0.2
"""Of visits that somebody says something about."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody says, from 1 to 5, and what the business answers; empty: nothing."""

    score: int
    comment: str = ""
    answer: str = ""


OPINIONS: Mapping[str, tuple[Opinion, ...]] = {
    "automotive": (
        Opinion(5, "Me explicaron todo antes de cobrar y el coche quedó como nuevo."),
        Opinion(5, "Rápidos y honestos: me dijeron que las balatas todavía aguantan.", "¡Gracias! Aquí te esperamos."),
        Opinion(
            4, "Buen trabajo, aunque esperé veinte minutos más de lo dicho.", "Tienes razón, perdón por la espera."
        ),
        Opinion(5, "Reservé de noche desde el celular y a las nueve ya estaba adentro."),
        Opinion(5, "They showed me the worn part and the price first. I will come back."),
        Opinion(5),
        Opinion(4, "Good work and a fair price; parking is tight."),
    ),
    "salon": (
        Opinion(5, "El color quedó justo como lo quería."),
        Opinion(5, "Me encantó el corte, y me atendieron a la hora exacta.", "¡Qué alegría leerlo! Hasta pronto."),
        Opinion(4, "Muy majas, el local es un poco pequeño."),
        Opinion(5, "La mejor manicura que me han hecho en Madrid."),
        Opinion(5, "Lovely people, and my hair has never looked better."),
        Opinion(5),
        Opinion(4, "Great cut; booking online took a minute.", "Thank you! See you soon."),
    ),
    "clinic": (
        Opinion(5, "La doctora escucha con calma y explica muy bien."),
        Opinion(5, "Puntuales y amables, también con los niños.", "Gracias por la confianza."),
        Opinion(4, "Buena atención; el parqueadero estaba lleno."),
        Opinion(5, "Me cambiaron la cita desde el enlace sin llamar a nadie."),
        Opinion(5),
        Opinion(4, "El consultorio es sencillo, pero la atención es excelente."),
        Opinion(5, "On time, kind, and the doctor spoke English with me."),
    ),
}
"""In the languages of those who come; one after the other, so that the newest few are not the same."""


def say_how_it_was(booking: BookingView, *, now: datetime) -> None:
    """Let some customers say how a sample visit was, and the business answer some; the same ones every time."""
    rng = Random(f"opinion of {booking.customer_name} {booking.starts_at.isoformat()}")  # noqa: S311 - sample data
    if rng.random() >= SHARE:
        return
    opinions, told = OPINIONS[current_tenant().vertical], list_published()
    said = opinions[(told.count if told else 0) % len(opinions)]
    given = GivenFeedback(said.score, said.comment, recommend_score=2 * said.score, may_publish=True)
    give_feedback(token=make_manage_token(booking), given=given, now=now, is_invented=True)
    if said.answer:
        answer_feedback(booking_id=booking.id, text=said.answer, now=now, by=STAFF)
