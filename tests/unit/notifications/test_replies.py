from __future__ import annotations

import pytest

from notifications.engine.replies import Reply, read_reply

STOPS = """
STOP|stop|Stop.|"STOP"|STOPALL|Stop all|UNSUBSCRIBE|CANCEL|END|QUIT|REVOKE|OPT OUT|opt-out|OPTOUT|BAJA|baja|Baja.|¡BAJA!
ALTO|alto|Cancelar|CANCELAR|Stop please|stop, por favor|BAJA por favor|no más|NO MAS|No más mensajes
dar de baja|Darme de baja
Basta|Parar|Desuscribir|Ｓｔｏｐ|B A J A|stop sms|STOP!!!|salir|  Alto  |end.
quiero darme de baja|Quisiera darme de baja, por favor|dame de baja|denme de baja|Doy de baja|¿cómo me doy de baja?
me quiero dar de baja de la lista|BAJA BAJA|baja, baja, baja|Stop!!! STOP|STOP BAJA|stop texting me
Stop sending me messages
stop messaging us please|unsubscribe me|please unsubscribe me now|Unsubscribe me from this list|I want to unsubscribe
remove me|take me off your list|opt me out|don't text me|do not contact me any more|no more messages|stop it
stop these texts
detener|DETENER por favor|Deténganse de escribirme|no me escriban más|Ya no me manden mensajes por favor
no me envíen más SMS
no quiero más mensajes|no quiero recibir mensajes|no quiero recibir más|dejen de escribirme|paren de mandar mensajes
quítenme de la lista|Bórrame de la lista|desuscríbeme|cancelar recordatorios|Por favor ya no me molesten, gracias
""".replace("\n", "|")
STARTS = """
START|start|Start.|UNSTOP|ALTA|alta|Alta, por favor|reanudar|ALTA SMS|quiero darme de alta|dame de alta|START START
alta, alta
""".replace("\n", "|")
OTHERS = """
sí|Sí, ahí estaré|gracias|ok|cancel my visit at nine please thanks|quiero cancelar mi cita del martes, no puedo ir
¿a qué hora cierran?|no puedo parar hoy a las nueve|stopwatch|endoscopia|altavoz|bajar|1|👍|.|the end of the road|fin
no me paro|bajaré mañana|¿puedo cancelar la cita del martes?|quiero cancelar|I want to cancel|cancel it tomorrow
alta baja
no me mandaron mensajes|no me molesta|no quiero|no, gracias|no puedo|no me envíen al taller|dame de comer
no quiero más tarde
quiero parar a las nueve|don't stop|no paren|stop by at nine|de baja por enfermedad|no me llamen mañana|para de llover
quiero dar de baja mi coche|estoy de baja|stop at the bay|baja la ventana|salir temprano
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
