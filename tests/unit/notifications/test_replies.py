from __future__ import annotations

import pytest

from notifications.engine.replies import Reply, read_reply

STOPS = """
STOP|stop|Stop.|"STOP"|STOPALL|Stop all|UNSUBSCRIBE|CANCEL|END|QUIT|REVOKE|OPT OUT|opt-out|OPTOUT|BAJA|baja|Baja.|¡BAJA!
ALTO|alto|Cancelar|CANCELAR|Stop please|stop, por favor|BAJA por favor|no más|NO MAS|No más mensajes
dar de baja|Darme de baja
Basta|Parar|Desuscribir|Ｓｔｏｐ|B A J A|stop sms|STOP!!!|salir|  Alto  |end.
""".replace("\n", "|")
STARTS = "START|start|Start.|UNSTOP|ALTA|alta|Alta, por favor|reanudar|ALTA SMS"
OTHERS = """
sí|Sí, ahí estaré|gracias|ok|cancel my visit at nine please thanks|quiero cancelar mi cita del martes, no puedo ir
¿a qué hora cierran?|no puedo parar hoy a las nueve|stopwatch|endoscopia|altavoz|bajar|1|👍|.|the end of the road|fin
""".replace("\n", "|")


def split(text: str) -> list[str]:
    return [each for each in text.split("|") if each.strip()]


@pytest.mark.parametrize("text", split(STOPS))
def test_carriers_words_and_spanish_ones_stop(text):
    assert read_reply(text) is Reply.STOP


@pytest.mark.parametrize("text", split(STARTS))
def test_words_that_bring_sms_back(text):
    assert read_reply(text) is Reply.START


@pytest.mark.parametrize("text", ["", *split(OTHERS)])
def test_other_answers_are_left_to_people(text):
    assert read_reply(text) is Reply.OTHER
