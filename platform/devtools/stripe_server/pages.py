"""The pages that people see at the provider: paying, and telling who the business is. Plain HTML, made for a phone."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from devtools.stripe_server.accounts import STATES
from devtools.stripe_server.cards import CARDS
from devtools.stripe_server.money import DECIDED
from devtools.stripe_server.world import Thing

STYLE = """
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{background:Canvas;color:CanvasText;max-width:28rem;margin:0 auto;padding:1.25rem}
h1{font-size:1.25rem;margin:.25rem 0}
.amount{font-size:2rem;font-weight:700;margin:0}
fieldset{border:1px solid #888;border-radius:.5rem;margin:1rem 0;padding:.5rem .75rem}
label{display:flex;gap:.75rem;padding:.6rem 0;align-items:center}
input[type=radio]{inline-size:1.25rem;block-size:1.25rem;flex:none}
button{font:inherit;font-weight:600;inline-size:100%;padding:.85rem;border-radius:.5rem;border:1px solid #4a3fd8;
background:#4a3fd8;color:#fff;margin:.25rem 0}
button.other{background:transparent;color:inherit;border-color:#888}
.fault{border:2px solid #b00020;border-radius:.5rem;padding:.75rem;margin:1rem 0}
.note{font-size:.875rem}
"""
SPANISH = {
    "Pays": "Paga",
    "Pays once the bank has asked": "Paga cuando el banco preguntó",
    "Is declined": "Es rechazada",
    "Has no funds": "No tiene fondos",
    "Has expired": "Está vencida",
    "Has another code": "Tiene otro código",
    "Fails on the way": "Falla en el camino",
    "Pays now, is declined later on": "Paga ahora; más tarde es rechazada",
    "Pays, asks each time": "Paga, y pregunta cada vez",
    "Pays, then is disputed": "Paga, y luego es disputada",
    "Pays after a while": "Paga después de un rato",
}
"""Titles of the cards."""
WORDS = {
    "es": {
        "title": "Pago de prueba", "pay": "Pagar", "save": "Guardar tarjeta", "back": "Volver al negocio",
        "cards": "Tarjeta", "closed": "Esta página ya no recibe pagos.", "declined": "La tarjeta fue rechazada.",
        "asks": "Tu banco pregunta: ¿eres tú?", "yes": "Sí, soy yo", "no": "No",
        "note": "Aquí no se cobra nada: es un ensayo del proveedor de pagos.",
    },
    "en": {
        "title": "Trial payment", "pay": "Pay", "save": "Keep this card", "back": "Back to the business",
        "cards": "Card", "closed": "This page takes no payments any more.", "declined": "The card was declined.",
        "asks": "Your bank asks: is it you?", "yes": "Yes, it is me", "no": "No",
        "note": "Nothing is charged here: it is a rehearsal of the payment provider.",
    },
}  # fmt: skip


def render_payment(session: Thing, *, name: str, fault: str = "", asks_for: str = "") -> str:
    """Return the payment page of a session; ``asks_for`` is the card about which the bank asks."""
    is_english = str(session["locale"]).startswith("en")
    words = WORDS["en" if is_english else "es"]
    if session["status"] != "open":
        return _page(words["title"], f"<h1>{escape(words['closed'])}</h1>{_back(session, words)}")
    shown = "" if session["amount_total"] is None else _show(session["amount_total"], session["currency"])
    head = f'<h1>{escape(name)}</h1><p class="amount">{escape(shown)}</p>'
    if fault:
        head += f'<p class="fault" role="alert">{escape(words["declined"])} <small>({escape(fault)})</small></p>'
    if asks_for:
        form = (
            f"<h2>{escape(words['asks'])}</h2>"
            f'<input type="hidden" name="card" value="{escape(asks_for)}">'
            f'<button name="bank" value="yes">{escape(words["yes"])}</button>'
            f'<button class="other" name="bank" value="no">{escape(words["no"])}</button>'
        )
    else:
        choices = "".join(
            f'<label><input type="radio" name="card" value="{escape(card.name)}"{" checked" * (card.name == "visa")}>'
            f"<span>•••• {card.last_four} · {escape(card.title if is_english else SPANISH[card.title])}</span></label>"
            for card in CARDS.values()
        )
        word = words["pay"] if session["mode"] == "payment" else words["save"]
        form = f"<fieldset><legend>{escape(words['cards'])}</legend>{choices}</fieldset><button>{escape(word)}</button>"
    note = f'<p class="note">{escape(words["note"])}</p>'
    return _page(words["title"], f'{head}<form method="post">{form}</form>{_back(session, words)}{note}')


def render_setup(account: Thing, state: str) -> str:
    """Return the page on which a business tells who it is."""
    choices = "".join(
        f'<button class="other" name="state" value="{each}">{each}</button>' for each in STATES if each != "active"
    )
    form = f'<form method="post"><button name="state" value="active">Tell everything</button>{choices}</form>'
    title = f"{account['display_name']} ({account['id']})"
    return _page("Who are you?", f"<h1>{escape(title)}</h1><p>Now: {escape(state)}</p>{form}")


def render_bank(disputes: Iterable[Thing]) -> str:
    """Return the page on which a bank decides about what its customers asked back."""
    rows = "".join(_describe_dispute(each) for each in disputes)
    hint = "<p>Nothing is disputed. Pay with the card that is disputed, and come back.</p>"
    return _page("Bank", f"<h1>Disputes at the bank</h1>{rows or hint}")


def _describe_dispute(dispute: Thing) -> str:
    """Say what is disputed and what the business answered; while nothing is decided, the bank may decide."""
    evidence = dispute["evidence"]
    told = "".join(
        f"<p><b>{escape(name)}</b> {escape(said)}</p>"
        for name, said in evidence.items()
        if said and isinstance(said, str) and name != "uncategorized_file"
    )
    if evidence["uncategorized_file"]:
        told += f'<p><a href="/bank/{escape(dispute["id"])}/evidence.pdf">Evidence (PDF)</a></p>'
    form = (
        '<button name="won" value="yes">The business is right</button>'
        '<button class="other" name="won" value="no">The customer is right</button>'
        "<p>Or decide later: a dispute waits.</p>"
    )
    is_open = dispute["status"] not in DECIDED
    return (
        f"<fieldset><legend>{escape(dispute['id'])}</legend>"
        f'<p class="amount">{escape(_show(dispute["amount"], dispute["currency"]))}</p>'
        f"<p>{escape(dispute['reason'])} · {escape(dispute['status'])}</p>{told}"
        + (f'<form method="post" action="/bank/{escape(dispute["id"])}/">{form}</form>' if is_open else "")
        + "</fieldset>"
    )


def _back(session: Thing, words: dict[str, str]) -> str:
    url = session["cancel_url"] or session["success_url"]
    return f'<p><a href="{escape(url)}">{escape(words["back"])}</a></p>'


def _show(amount: int, currency: str) -> str:
    whole = currency in {"clp", "pyg", "jpy"}
    return f"{currency.upper()} {amount:,}" if whole else f"{currency.upper()} {amount / 100:,.2f}"


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="es"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )
