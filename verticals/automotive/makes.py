"""Makes and their usual models in Latin America, Spain and the United States.

Suggestions only: any other make or model may be typed. Curated by hand from what is on
the road there.
"""

from __future__ import annotations

from collections.abc import Mapping

_LINES = """
Acura: ILX, Integra, MDX, RDX, TLX
Alfa Romeo: Giulia, Giulietta, MiTo, Stelvio, Tonale
Audi: A1, A3, A4, A5, A6, Q2, Q3, Q5, Q7, Q8, TT
BMW: Serie 1, Serie 2, Serie 3, Serie 4, Serie 5, X1, X2, X3, X4, X5, X6
Buick: Enclave, Encore, Encore GX, Envision
BYD: Atto 3, Dolphin, Dolphin Mini, Han, King, Seal, Shark, Song Plus, Song Pro, Yuan Plus
Cadillac: CT5, Escalade, XT4, XT5, XT6
Changan: Alsvin, CS15, CS35 Plus, CS55 Plus, Hunter, UNI-K, UNI-T
Chery: Arrizo 5, QQ, Tiggo 2, Tiggo 4, Tiggo 7, Tiggo 8
Chevrolet: Aveo, Beat, Blazer, Camaro, Captiva, Cavalier, Chevy, Colorado, Corsa, Cruze, Equinox, Groove, \
Joy, Malibu, Matiz, Montana, N300, Onix, Optra, Orlando, S10, Sail, Silverado, Sonic, Spark, Spin, Suburban, \
Tahoe, Tornado, Tracker, Traverse, Trax
Chrysler: 200, 300, Pacifica, Town & Country, Voyager
Citroën: Berlingo, C-Elysée, C3, C3 Aircross, C4, C4 Cactus, C5 Aircross, Jumper, Jumpy, Xsara Picasso
Cupra: Ateca, Born, Formentor, León
Dacia: Dokker, Duster, Jogger, Lodgy, Logan, Sandero, Spring
Dodge: Attitude, Avenger, Caliber, Challenger, Charger, Durango, Grand Caravan, Journey, Neon, Vision
Fiat: 500, 500L, 500X, Argo, Cronos, Doblò, Ducato, Fiorino, Grande Punto, Mobi, Palio, Panda, Punto, \
Siena, Strada, Tipo, Toro, Uno
Ford: Bronco, Courier, EcoSport, Edge, Escape, Expedition, Explorer, F-150, F-250, Fiesta, Figo, Focus, \
Fusion, Ikon, Ka, Kuga, Lobo, Maverick, Mondeo, Mustang, Puma, Ranger, Territory, Transit
Foton: Gratour, Tunland, View
Geely: Coolray, Emgrand, GX3 Pro, Okavango, Starray
GMC: Acadia, Canyon, Sierra, Terrain, Yukon
Great Wall: Haval H6, Haval Jolion, Poer, Wingle
Honda: Accord, BR-V, CR-V, City, Civic, Fit, HR-V, Insight, Odyssey, Pilot, Ridgeline, WR-V
Hyundai: Accent, Atos, Creta, Elantra, Grand i10, HB20, Ioniq 5, Kona, Palisade, Santa Fe, Sonata, Tucson, \
Venue, i10, i20, i30, ix35
Infiniti: Q50, QX50, QX55, QX60, QX80
Isuzu: D-Max, ELF, MU-X
JAC: Frison T6, Frison T8, J4, Sei 2, Sei 3, Sei 4 Pro, Sei 7 Pro, X200
Jeep: Cherokee, Commander, Compass, Gladiator, Grand Cherokee, Liberty, Patriot, Renegade, Wrangler
Kia: Carens, Carnival, Ceed, Cerato, EV6, Forte, K3, K4, Niro, Optima, Picanto, Rio, Seltos, Sonet, Sorento, \
Soul, Sportage, Stonic, Telluride
Land Rover: Defender, Discovery, Discovery Sport, Freelander, Range Rover, Range Rover Evoque, Range Rover Sport
Lexus: ES, IS, NX, RX, UX
Lincoln: Aviator, Corsair, MKC, MKZ, Nautilus, Navigator
Mazda: 2, 3, 5, 6, BT-50, CX-3, CX-30, CX-5, CX-50, CX-7, CX-9, CX-90, MX-5
Mercedes-Benz: Clase A, Clase B, Clase C, Clase E, Clase S, CLA, GLA, GLB, GLC, GLE, Sprinter, Vito
MG: 3, 5, GT, HS, Marvel R, One, RX5, ZS, ZX
Mini: Clubman, Cooper, Countryman
Mitsubishi: ASX, Eclipse Cross, L200, Lancer, Mirage, Montero, Montero Sport, Outlander, Outlander Sport, Xpander
Nissan: Altima, Aprio, Frontier, Juke, Kicks, Leaf, Magnite, March, Maxima, Micra, Murano, NP300, Note, \
Pathfinder, Platina, Qashqai, Rogue, Sentra, Tiida, Titan, Tsuru, Urvan, V-Drive, Versa, X-Trail, Xterra
Omoda: C5, E5, O5
Opel: Astra, Combo, Corsa, Crossland, Grandland, Insignia, Meriva, Mokka, Zafira
Peugeot: 2008, 206, 207, 208, 3008, 301, 307, 308, 408, 5008, 508, Expert, Partner, Rifter
Porsche: 718, 911, Cayenne, Macan, Panamera, Taycan
Ram: 1200, 1500, 2500, 700, ProMaster, Rampage
Renault: Alaskan, Arkana, Captur, Clio, Duster, Fluence, Kangoo, Kardian, Koleos, Kwid, Logan, Mégane, Oroch, \
Sandero, Scénic, Stepway, Symbol, Talisman, Trafic, Twingo
SEAT: Alhambra, Arona, Ateca, Córdoba, Ibiza, León, Tarraco, Toledo
Škoda: Fabia, Kamiq, Karoq, Kodiaq, Octavia, Rapid, Scala, Superb
SsangYong: Actyon, Korando, Musso, Rexton, Tivoli
Subaru: Ascent, BRZ, Crosstrek, Forester, Impreza, Legacy, Outback, WRX, XV
Suzuki: Alto, Baleno, Celerio, Ciaz, Dzire, Ertiga, Fronx, Grand Vitara, Ignis, Jimny, S-Cross, S-Presso, \
Swift, Vitara, XL7
Tesla: Cybertruck, Model 3, Model S, Model X, Model Y
Toyota: 4Runner, Avanza, C-HR, Camry, Corolla, Corolla Cross, Etios, Fortuner, Hiace, Highlander, Hilux, \
Land Cruiser, Prado, Prius, Raize, RAV4, Rush, Sequoia, Sienna, Tacoma, Tundra, Yaris, Yaris Cross
Volkswagen: Amarok, Arteon, Beetle, Bora, Caddy, Clásico, CrossFox, Crafter, Fox, Gol, Golf, Jetta, Nivus, \
Passat, Pointer, Polo, Saveiro, Sedán, T-Cross, T-Roc, Taigun, Taos, Teramont, Tiguan, Touareg, Touran, \
Transporter, Vento, Virtus, Voyage, up!
Volvo: C40, EX30, S60, S90, V40, V60, XC40, XC60, XC90
"""


def _read(lines: str) -> Mapping[str, tuple[str, ...]]:
    pairs = (line.split(": ", 1) for line in lines.strip().splitlines())
    return {make: tuple(sorted(models.split(", "), key=str.casefold)) for make, models in pairs}


MODELS_BY_MAKE = _read(_LINES)
"""Make → models."""

MAKES = tuple(MODELS_BY_MAKE)
"""All makes, in alphabetical order."""
