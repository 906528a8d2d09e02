from __future__ import annotations

import pytest

from kernel.identity.greetings import greet_name, has_link, is_advertising, say_harmless
from verticals.automotive.makes import MODELS_BY_MAKE

REAL = """
Ana Ruiz|José de la O|María José de la O|María de los Ángeles Guadalupe Fernández de la Torre|J. P.|J.P. Morgan|Dr. No
Dr.No|Dra. Ana Li|Sr. López|Ma. del Carmen Pérez|Ma.Elena Gómez|Fco. Javier Ruiz|Gpe. Hernández|Jr.|Pedro Gómez Jr.
Luis Miguel Jr|O'Connor|Sinéad O’Connor|D'Angelo Russo|Jean-Luc Picard|Ana-María|Núñez|Ñusta Ñáñez|Zoë Kravitz
Björk Guðmundsdóttir|Øystein Ås|Łukasz Żółć|Jürgen Groß|Séamus Ó hÉalaithe|Nguyễn Văn A|Li|Wu|Xi|Io|Bo Ek|Ng|Mo
Анна Петрова|Ольга Ким-Ли|Γιώργος Παπαδόπουλος|محمد علي|משה כהן|田中 太郎|김민수|王小明|राम कुमार|สมชาย ใจดี
3M Company|Louis XIV|Juan Pérez 2|Ana 2do B|Taller 24|Autos 4x4|Grupo 7|Rancho La 45|Familia Soto 1990|R2D2
Autos López S.A. de C.V.|Transportes ABC, S. de R.L.|Pérez e Hijos|Pérez & Hijos|Pérez, Ana|Gómez-Farías y Cía.
Gracia Plena|Consuelo Regalado|Dolores Fuertes|Milagros Peña|Socorro Luz|Aung San Win|Jane Free|Don Link|Clara Info
Ana (mamá de Luis)|Luis "El Güero" Soto|Ana/Luis|Ana y Luis|ana ruiz|ANA RUIZ|ana|A|Ana R.|A. Ruiz|A.B.C.|Ana 💕
Ana de Com|Mª Luisa|M.ª Teresa|Arq. Soto|Ing. Mx|Lic. Io Com|St. John Rivers|Sta. Cruz|San Juan de Dios|St.John|Mr. T
Ana.de la Cruz|Juan.Carlos|Ana.Karen|Rosa M. de Jesús|J.de Jesús|von der Leyen|de la Rúa|Dr.House|J.Li
MA.ELENA GÓMEZ|Gal·la Puig
マイケル・ジョーダン|Ana.de la Cruz Soto|Av.Juárez|X. Ruiz|Van Gogh|Mac Donald|N. N.
李.小龙|乔治·布什|Ana ❤️|J R R Tolkien|Tres Reyes|Uno Dos Tres|Ana, Comet|Luis Dot|Código Motriz|Pin Pon
""".replace("\n", "|")
ADVERTISING = """
GANA 500 EUR bit.ly/xyz|bit.ly/xyz|bit . ly/xyz|bit ly/abc|example.com|EXAMPLE.COM|example . com|example .com
visita example. com hoy|ejemplo.mx|ejemplo.com.mx|gratis.xyz|hola tienda.online|tienda.shop|casino.bet|t.me/canal
t.me/x
wa.me/5215512345678|https://example.com|http:example|www.example|www example com|ftp://x|//example.com/x
xn--pypal-4ve.com
ana@example.com|ana＠example．com|@canal|sígueme @ana_99|ana arroba @x|example。com|example．com|ｅｘａｍｐｌｅ.com
exa\u200bmple.com|example\u00ad.com|example punto com|example (dot) com|example[.]com|example [dot] com
пример.рф|pаypal soporte|Gооgle Ana
5512345678|55 1234 5678|+52 55 1234 5678|(55) 1234-5678|Llama al 55.1234.5678|tel 12345678
Ana 55123|５５１２３４５６７８
$500|500 €|€500|USD 500|500 usd|500 pesos gratis|Gana 50%|50 % off|1000 dólares|₿ 2
GRATIS hoy|Premio para ti|PROMOCIÓN de hoy|oferta especial|descuento total|Sorteo Ana|Casino Royal Ana|WhatsApp Ana
Telegram canal|Haz clic aquí|Click aqui|Verifica tu cuenta|urgente banco|Compra ya!|¡Ganaste!|👉 aquí|➡ mira
Ana → canal
x.com/evil|v.gd/abc|v gd/abc|ing.com|ING.COM|Ing.Com|bbva.es hoy|bbva.es|bbva.support|BBVA.Support|evil‧com
evil·com|evil・com
x.com|X.COM|T.Me|a.co/x|a.b/c|evil.unknownending|evil.Foo|dr.evil|ma.evil hoy|bbva.de hoy|bbva.de Hoy|Ing . com
x . com
bbva.no hoy|bbva.to hoy|Evil∙com|evil [DOT] com|A.Evil.com|visita fiat punto com|viagra barata|Bitcoin ya
i❤.ws|💩.la|❤️.ws|☕.us|Ana 💩。la|.com|x;com|evil , com|x،com|x˙com|x。公司|例え.テスト|उदाहरण.भारत|لعبة.شبكة|קזינו.קום
ตัวอย่าง.ไทย|b i t . l y|b i t . l y / x y z|ganadinero-com|ganadinero com mx|ana (at) gmail|hxxps evil|javascript:alert
cinco cinco uno dos tres cuatro|five-five one two three|Ana ☎ 55|Ana 📞|💰 Ana|🎁 Ana|<b>Ana</b>|{{name}}|Llama al 5512
escribe al 55|compra ya Ana|BBVA: su cuenta|Cuenta bloqueada|Código 1234|Your code is 4821|OTP 4821|Ana.Men|J.Bio
you won a car|call now Ana|Ganas un auto \U0001f517|préstamos rápidos
""".replace("\n", "|")


def split(text: str) -> list[str]:
    return [each for each in text.split("|") if each]


def test_lists_are_long_enough():
    assert len(split(REAL)) >= 100
    assert len(split(ADVERTISING)) >= 60


@pytest.mark.parametrize("name", split(REAL))
def test_real_names_are_greeted(name):
    assert greet_name(name) == name


@pytest.mark.parametrize("name", [*split(ADVERTISING), "Ana\nbit ly", "Ana\r\nRuiz", "x" * 31, "Ana " * 21])
def test_advertising_is_not(name):
    assert is_advertising(name)
    assert greet_name(name) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Nissan Versa 2019 ABC-123-D",
        "Toyota Hilux 2006, NCP81-5000001",
        "Mazda 3 2.5 i",
        "Ya no puedo; me salió una junta a las 9:30",
        "Perro: Firulais, 12 kg",
        "BMW 320i M-Sport",
        "Ana !",
        "",
    ],
)
def test_other_words_keep_their_digits(text):
    assert say_harmless(text) == text


@pytest.mark.parametrize(
    "text",
    ["bit.ly/x Nissan", "llama 55 1234 5678", "Versa 500 USD", "ver example.com", "a@b.mx", "https://x", "pаypal"],
)
def test_other_words_carry_nothing(text):
    assert say_harmless(text) == ""


VEHICLES = [f"{make} {model}" for make, models in MODELS_BY_MAKE.items() for model in models]


def test_every_vehicle_of_the_catalog_passes():
    labels = [f"{vehicle} {year}" for vehicle in VEHICLES for year in (1998, 2012, 2024)]
    labels += ["Mazda MX5 2019", "Mazda MX 5 2019", "Mazda MX30 2022"]
    labels += ["Fiat Punto Evo 2012", "Fiat Punto GT, ABC-123"]

    assert len(VEHICLES) > 300
    assert [label for label in labels if say_harmless(label) != label] == []


CARRIED = """
bit.ly/x|x.com/evil|v.gd/abc|ing.com|bbva.es|bbva.support|evil‧com|example punto com|Punto com|MX500|MX 500|US 50
500 USD
2008 5512 2012|2008 2012 5512|Peugeot 2008 55122012|55 1234 5678|@canal|$500|https://x
""".replace("\n", "|")


@pytest.mark.parametrize("model", split(CARRIED))
def test_advertising_typed_as_a_model_does_not(model):
    makes = ("Nissan", "Fiat", "Peugeot")

    assert [say_harmless(f"{make} {model} 2019") for make in makes] == ["", "", ""]


def test_other_words_are_cut():
    assert say_harmless("abc def", limit=5) == "abc…"


STREETS = """
Av. Tulum 10, Cancún|Av.Reforma 1234, Col. Juárez, 06600 Ciudad de México|av.juárez 12|c.morelos 5
Calle 5 s/n, local 3/4
Blvd. Kukulcán km 12.5|C/ Mayor 3, 2.º B, 28013 Madrid|Corrientes 1234 3º "B", C1043AAZ CABA
Carrera 7 # 12-34, Bogotá
Plaza Punto Sur, local 12|Guadalajara, Jal. MX|Monterrey,MX|Santiago. Chile|Cra. 7 No. 12-34 of.301|Mz.4 Lt.12
Reforma 1234 06600 CDMX|Jr. de la Unión 300, Lima|Prol. 5 de Mayo 8-A int.2|Col. Sta. Ma. la Ribera|Av. 9 de Julio 1000
Calle 60 x 61 y 63, Mérida|Esq. Bolívar y 20 de Nov.|frente al OXXO|25.6866, -100.3161|Tel. 55 1234 5678
""".replace("\n", "|")
LINKS = """
bit.ly/x|Bit.ly/x|BIT.LY/X|taller.com|TALLER.COM|Taller.Mx|taller . com|Calle 5, taller.com/oferta|ana@correo.mx
https://x.mx|HTTP://X|www.malo.example|hxxp://x|t.me/abc|wa.me/5255|ｂｉｔ．ｌｙ／ｘ|bit\u3002ly
b\u200bit.ly|192.168.0.1/x
taller punto com|taller dot com|goo.gl/maps/abc|maps.app.goo.gl/x|av.com|mailto:ana|tel:+525512345678
javascript:alert(1)|xn--taller-pea-19a.mx
i❤.ws|💩.la|t a l l e r . c o m|例え.コム|उदाहरण.भारत
taller[.]com|taller(punto)com|tinyurl.com/x|Calle 1 ▶ example.org|ftp.taller|a.b.co/x
""".replace("\n", "|")


@pytest.mark.parametrize("text", [*split(STREETS), ""])
def test_street_address_is_no_link(text):
    assert not has_link(text)


@pytest.mark.parametrize("text", split(LINKS))
def test_link_is_one_however_it_is_written(text):
    assert has_link(text)
