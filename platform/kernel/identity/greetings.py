"""Names and other typed words that reach third persons: what is no name must not become an advertisement.

Anyone can make a booking page write to anyone. So a greeting leaves a name out that carries a link, an
address, a number to call, an amount, or what advertisements are made of; "Hola:" costs nobody anything. The
bookings themselves keep what was typed, for the business to read.
"""

from __future__ import annotations

import re
import unicodedata

from kernel.lines import clean_line, compose, drop_hidden

LONGEST_NAME, LONGEST_WORD, MOST_DIGITS = 80, 30, 4

_TITLES = frozenset(
    [
        "dr",
        "dra",
        "sr",
        "sra",
        "srta",
        "ing",
        "lic",
        "arq",
        "prof",
        "profa",
        "mtro",
        "mtra",
        "fco",
        "fca",
        "ma",
        "mª",
        "gpe",
        "jr",
        "sto",
        "sta",
        "st",
        "ste",
        "san",
        "don",
        "mr",
        "mrs",
        "ms",
        "mx",
        "ca",
        "cía",
    ]
)
"""Written with a full stop, which some leave no blank after: ``Dr.No``, ``Ma.Elena``."""
_PARTICLES = frozenset(["de", "la", "do", "da", "del"])
"""Country codes that are words between names as well: ``Ana.de la Cruz``."""
_KIND_LIST = """
com net org info biz xyz top shop store online site club click link live app dev page web blog vip win bet
casino loan icu fun space website tech pro mobi name tel travel world today life agency email money cash gift
promo support help bank zone center services solutions company group cloud digital global media network news
press rocks sale security social studio team tips tools trade video watch wiki work works finance credit cards
delivery express exchange market marketing ventures guru expert ltd inc llc gratis tienda viajes lat bid
download review stream party science racing quest sbs cfd cyou bond autos cars zip mov lol buzz monster cam
chat codes fyi ink uno
xxx porn sex poker lotto bingo gift gifts men date ooo bio gdn fit bar pizza shopping sale forsale auction rent
"""
_KINDS = frozenset(_KIND_LIST.split())
_LINK_CODE_LIST = "me co ly gd gl cc gg es mx us uk ru tk tv io to in be at sh ws ar cl br pe cn"
_LINK_CODES = frozenset(_LINK_CODE_LIST.split())
"""Country codes that links end with even behind one letter or a title: ``T.Me``, ``Ing.Es``."""
_SHORTEST_SURNAME = 3
"""Letters behind a dot between two names: ``Juan.Carlos``; two are a country's code."""
_OWN_SCRIPT_LIST = """
公司 网络 网址 中国 中國 香港 台湾 台灣 在线 中文网 网店 商城 集团 商店 移动 新闻 游戏 娱乐 购物 手机 网站
コム ストア みんな ショップ クラウド テスト 닷컴 닷넷 한국 קום ישראל भारत नेट संगठन कॉम ไทย คอม
شبكة موقع بازار كوم مصر السعودية ایران عرب امارات المغرب
"""
"""What domains end with in scripts without capitals, where a dot stands between names as well."""
_SPACED_KINDS = "com|net|org|info|biz|xyz|top|shop|store|online|site|click|link|io|ly|ru|cn|gg|tk|mx|ar|cl|br"
_DOT = r"\s?\.\s?"
_LIKE_DOTS = re.compile(
    r"[\u3002\u06d4\u0701\u0702]|(?<![lL])[\u00b7\u2219\u22c5](?=\s?\w)|[\u00b7\u2219\u22c5](?!\s?[lL])"
    r"|[\u2022\u2024\u2027\u02d9\u2e31\u2e33\ua78f\u25cf\u25e6\u1427]|(?<=[a-zA-Z\d\s])\u30fb(?=[a-zA-Z\d\s])"
)
"""Dots that a reader takes for a full stop; not those of *Gal·la* and of names in Katakana."""
_LETTER_BY_LETTER = re.compile(r"(?<!\S)(?:[\w./:-] ){3,}[\w./:-](?!\S)")
"""``b i t . l y``"""
_DOMAIN = re.compile(r"(?P<left>[^\W_][\w-]*)\.(?=(?P<right>[^\W\d_]{2,})(?P<rest>[\w-]*(?:\s\w+){0,4}))")
_OWN_SCRIPT_DOMAIN = re.compile(rf"\S\.(?:{'|'.join(_OWN_SCRIPT_LIST.split())})(?!\w)")
_DRAWN_DOMAIN = re.compile(r"(?:[^\w\s.,;:!?()\[\]'\"&/+*-]\ufe0f?|^|\s)\.(?=[^\W\d_]{2})")
"""A domain of signs, ``i❤.ws``, or an ending alone: ``.com``."""
_SPACED_DOMAIN = re.compile(rf"(?P<left>[^\W_][\w-]*)(?:{_DOT}|,)(?P<right>{_SPACED_KINDS})\b", re.IGNORECASE)
_BRACKETED_DOT = re.compile(r"\s*[\[({<]\s*(?:\.|punto|dot)\s*[\])}>]\s*", re.IGNORECASE)
_SPOKEN_DOMAIN = re.compile(
    rf"\w\s+(?:punto|dot|d0t)\s+(?:(?:{_SPACED_KINDS}|es)\b|(?<!fiat punto )(?<!grande punto )\w{{2,}})"
)
"""Not a Fiat Punto, unless it ends like a domain."""
_SHORTENERS = re.compile(
    r"\b(?:bit|ow|cutt|is|v|t|wa|goo|rb|tiny|n)[\s.,/]+(?:ly|gd|me|co|gl|gy|cc|url|in9)\b(?:/|$|\s*/)"
)
_ODD_DOMAIN = re.compile(
    r"[^\W_]\s?[;:,\u060c\u061b]\s?(?:com|net|org|xyz)\b|\w-com\b|\bcom (?:mx|ar|co|pe|uy|br|cl|es)\b"
)
_ADDRESS = re.compile(r"@|\((?:at|arroba|a)\)|://|\bh(?:tt|xx)ps?\b|\bw{3,4}\b|\bxn--|\\|\bftp\b")
_PATH = re.compile(r"[^\W_]\.[^\W\d_][\w-]*\s?/|/\S*\d|\d\S*/\S*[^\W\d]")
_NUMBER = re.compile(r"(?<![\w-])[(+]{0,2}(?:\d[\s().-]{0,2}){7}\d")
_MODEL_YEAR = re.compile(
    r"\b(?:peugeot [1-9]00[1-9]|(?:ram|silverado|sierra|promaster) [1-9]\d00) (?=(?:19|20)\d\d\b(?![\s().-]{0,2}\d))"
)
"""Models that are a number, before their year: *Peugeot 2008 2012* is nothing to call."""
_DIGIT_WORDS = (
    "cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|zero|one|two|three|four|five|six|seven|eight|nine|"
    "um|dois|quatro|sete|oito|nove"
)
_SPOKEN_NUMBER = re.compile(rf"\b(?:(?:{_DIGIT_WORDS})\b[\s,.-]*){{5,}}")
_MONEY = re.compile(
    r"[\u00a2-\u00a5\u20a0-\u20cf$]|\d\s?%|%\s?\d|(?<!mazda )\b(?:us|mx)\s?\d\d|"
    r"\b(?:mxn|usd|eur|euros?|btc|d[oó]lar(?:es)?|pesos?|soles)\s?\d|"
    r"\d[\d.,]*\s?(?:usd|eur|euros?|mxn|btc|d[oó]lar(?:es)?|pesos?|soles|reales|k|mil|millones)\b"
)
_PITCH = re.compile(
    r"\b(?:gratis|gratuit[oa]s?|premios?|promo(?:ci[oó]n(?:es)?)?|ofertas?|descuentos?|regalos?|sorteo|loter[ií]a|casino|"
    r"whats?app|telegram|instagram|facebook|tiktok|only\s?fans|viagra|cripto|crypto|bitcoin|ethereum|inversi[oó]n(?:es)?|"
    r"pr[eé]stamos?|cr[eé]ditos?|ganaste|ganador|haz clic|clic aqu[ií]|click|discord|whats|"
    r"compr[ae] ya|su cuenta|tu cuenta|your account|bloquead[oa]|"
    r"(?:c[oó]digo|code|otp|token|pin|nip)\W*(?:is|es)?\W*\d+|subscribe|suscr[ií]bete|ll[aá]mame|"
    r"ll[aá]manos|llam[ae] al?|escrib[ae] al?|"
    r"escr[ií]beme|escr[ií]benos|vis[ií]tanos|verif(?:y|ica|icar|ique)|password|contraseña|prize|winner|discount|"
    r"for free|free gift|call now|buy now|urgente|urgent|gana\s+\w+\s+\w+|you won|act now)\b"
)
_POINTERS = re.compile(
    "[<>{}!\u00a1\u260e\u260f\u2706\u261a-\u261f\U0001f381\U0001f4b0-\U0001f4b8\U0001f4de-\U0001f4e0\U0001f4f1\U0001f4f2\U0001f911"
    "\u2190-\u21ff\u25b6\u25ba\u2794\u27a1\u2b05-\u2b07\U0001f446-\U0001f449\U0001f517\n\r]"
)
_STREET_LIST = """
av avda avenida blvd bvd bulevar c cl cll calle cra cr kr carr calz callej col fracc urb res cond edif ed torre piso dep
depto dpto of loc int ext esq entre no nro num pza plza plaza prol priv cda rtno mz mza lt lte km cp
pje psje pte ote nte sur dg tv
"""
_STREETS = frozenset(_STREET_LIST.split())
"""What is written in front of a street or a number with a full stop, in small letters too: ``av.juárez``."""
_COUNTRIES = frozenset(["mx", "ar", "cl", "br"])
_SPOKEN_LINK = re.compile(rf"\w\s+(?:punto|dot|d0t)\s+(?:{_SPACED_KINDS})\b")
_OTHER_LINKS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:javascript|data|mailto|sms|tel|tg|whatsapp):")
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")


def greet_name(name: str) -> str:
    """Return a name as a greeting says it, or nothing when it is none."""
    return "" if is_advertising(name) else clean_line(name, limit=LONGEST_NAME)


def say_harmless(text: str, *, limit: int = 200) -> str:
    """Return other words that a stranger typed, or nothing when they carry a link, an address, an amount or a number.

    They may be longer than a name and have digits: a plate, a model, a reason.
    """
    return "" if _carries(_show(text)) else clean_line(text, limit=limit)


def has_link(text: str) -> bool:
    """Tell whether a street address or a name leads to a web site or a mailbox, however it is written.

    Unlike `say_harmless` it lets numbers, fractions and abbreviations of streets pass.
    """
    shown = _show(text)
    read = shown.casefold()
    patterns = (_ADDRESS, _SPOKEN_LINK, _SHORTENERS, _OTHER_LINKS)
    return (
        any(pattern.search(read) for pattern in patterns)
        or _DRAWN_DOMAIN.search(shown) is not None
        or _OWN_SCRIPT_DOMAIN.search(shown) is not None
        or any(
            not _is_spoken_of(*match.group("left", "right")) and not _ends_in_country(match)
            for match in _SPACED_DOMAIN.finditer(shown)
        )
        or any(
            not _is_name(*match.group("left", "right", "rest")) and not _is_street(match)
            for match in _DOMAIN.finditer(shown)
        )
    )


def _ends_in_country(match: re.Match[str]) -> bool:
    """Tell whether it is a country behind a place: "Guadalajara, Jal. MX"."""
    return match["right"].casefold() in _COUNTRIES and re.search(r"[\s,]", match[0]) is not None


def _is_street(match: re.Match[str]) -> bool:
    right = match["right"].casefold()
    return match["left"].casefold() in _STREETS and right not in _KINDS and right not in _LINK_CODES


def is_advertising(name: str) -> bool:
    """Tell whether a name carries what a name has not."""
    shown = _show(name)
    read = shown.casefold()
    digits = sum(letter.isdigit() for letter in read)
    return (
        len(name) > LONGEST_NAME
        or any(len(word) > LONGEST_WORD for word in read.split())
        or digits > MOST_DIGITS
        or _POINTERS.search(name) is not None
        or _PITCH.search(read) is not None
        or _carries(shown)
    )


def _show(text: str) -> str:
    """Return a text as the eye reads it: compatible forms as their usual ones, nothing hidden, one kind of dot."""
    # Some dots are a blank and a mark in their compatible form.
    shown = _LIKE_DOTS.sub(".", drop_hidden(compose("NFKC", _LIKE_DOTS.sub(".", text))))
    shown = " ".join(_BRACKETED_DOT.sub(".", shown).split())
    return _LETTER_BY_LETTER.sub(lambda match: match[0].replace(" ", ""), shown)


def _carries(shown: str) -> bool:
    read = shown.casefold()
    patterns = (
        *(_ADDRESS, _PATH, _SPOKEN_DOMAIN, _SHORTENERS, _OTHER_LINKS),
        *(_DRAWN_DOMAIN, _OWN_SCRIPT_DOMAIN, _ODD_DOMAIN, _SPOKEN_NUMBER, _MONEY),
    )
    return (
        any(pattern.search(read) for pattern in patterns)
        or _NUMBER.search(_MODEL_YEAR.sub("", read)) is not None
        or _has_domain(shown)
        or _mixes_scripts(read)
    )


def _has_domain(shown: str) -> bool:
    if any(not _is_spoken_of(match["left"], match["right"]) for match in _SPACED_DOMAIN.finditer(shown)):
        return True
    return any(not _is_name(*match.group("left", "right", "rest")) for match in _DOMAIN.finditer(shown))


def _is_spoken_of(left: str, right: str) -> bool:
    """Tell whether a word that ends domains is a person's behind a title or an initial: ``Ing. Mx``."""
    return _is_short(left) and not right[0].islower()


def _is_name(left: str, right: str, rest: str) -> bool:
    """Tell whether two words that a dot joins without a blank are names, and not a domain.

    Names begin with a capital, or have none in their script: ``Dr.No``, ``J.Li``, ``Juan.Carlos``, ``Ana.de la Cruz``.
    """
    ending = right.casefold()
    if right[0].islower():
        behind = [word for word in rest.split() if word not in _PARTICLES]
        is_between = rest.startswith(" ") and bool(behind) and not behind[0][0].islower()
        return right in _PARTICLES and is_between and not left[0].islower()
    if ending in _KINDS:
        return False
    if _is_short(left):
        return ending not in _LINK_CODES
    return (len(right) >= _SHORTEST_SURNAME or not right[0].isupper()) and not left[0].islower()


def _is_short(word: str) -> bool:
    return len(word) == 1 or word.casefold() in _TITLES


def _mixes_scripts(read: str) -> bool:
    """Tell whether one word has letters of several look-alike alphabets: ``pаypal`` with a Cyrillic ``а``."""
    for word in read.split():
        names = (unicodedata.name(letter, "").partition(" ")[0] for letter in word if letter.isalpha())
        if len({name for name in names if name in _SCRIPTS}) > 1:
            return True
    return False
