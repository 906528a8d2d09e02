"""What is asked about the business itself."""

from __future__ import annotations

from typing import Any

from babel import Locale
from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from edge.language import current_language
from kernel.identity.profiles import NETWORKS, show_profile
from kernel.languages import LANGUAGE_NAMES, LANGUAGES
from kernel.text import mark
from scheduling.services.catalog.business.settings import ABOUT_LENGTH, LINK_LENGTH, MOST_PER_DAY, TEXT_LENGTH, TEXTS
from scheduling.types import ASKED_CONSENTS
from tenants.context import current_tenant
from tenants.countries import FIRST_MARKETS
from tenants.types import BusinessSetup, BusinessText
from verticals.contract import FeedbackAsk, Tone
from web.accent import is_of_page
from web.parts.contacts import EmailField
from web.parts.fields import ChoiceField, ChoicesField, NumberField, TextField
from web.parts.widgets import Chips, Segments
from web.parts.zones import ZoneField, name_zone
from web.workspace.setup_forms import Part, SetupForm

SWATCHES = (
    ("#c2410c", gettext_lazy("Orange")),
    ("#b91c1c", gettext_lazy("Red")),
    ("#be185d", gettext_lazy("Pink")),
    ("#7e22ce", gettext_lazy("Purple")),
    ("#1d4ed8", gettext_lazy("Blue")),
    ("#0f766e", gettext_lazy("Teal")),
    ("#15803d", gettext_lazy("Green")),
    ("#ffd400", gettext_lazy("Yellow")),
    ("#1f2937", gettext_lazy("Black")),
)
"""Colors that one click chooses; any other is typed."""
LOOKS_LIKE_PAGE = mark("This is the color of the page itself: buttons would not stand out. Choose another one.")
LABELS = {
    ("about", "es"): gettext_lazy("Your business in one line, in Spanish"),
    ("about", "en"): gettext_lazy("Your business in one line, in English"),
    ("bring", "es"): gettext_lazy("What to bring, in Spanish"),
    ("bring", "en"): gettext_lazy("What to bring, in English"),
    ("policy", "es"): gettext_lazy("Changes and cancellations, in Spanish"),
    ("policy", "en"): gettext_lazy("Changes and cancellations, in English"),
    ("after", "es"): gettext_lazy("Once it is booked, in Spanish"),
    ("after", "en"): gettext_lazy("Once it is booked, in English"),
    ("notice", "es"): gettext_lazy("Your own words in the privacy notice, in Spanish"),
    ("notice", "en"): gettext_lazy("Your own words in the privacy notice, in English"),
}
LINK_ATTRS = {"autocomplete": "off", "inputmode": "url", "spellcheck": "false", "placeholder": "https://"}
PROFILE_ATTRS = {
    "autocomplete": "off",
    "autocapitalize": "none",
    "spellcheck": "false",
    "placeholder": gettext_lazy("@yourbusiness"),
}


def list_text_names() -> tuple[tuple[str, str, str], ...]:
    """Return name, text and language of every field for a text, the business's own language first."""
    languages = sorted(LANGUAGES, key=lambda each: each != current_tenant().locale)
    return tuple((f"{text}_{language}", text, language) for text in TEXTS for language in languages)


class BusinessForm(SetupForm[BusinessSetup]):
    """All of it; the texts are fields side by side, one for each language."""

    name = TextField(label=gettext_lazy("Name of the business"), max_length=120, attrs={"autocomplete": "organization"})
    email = EmailField(label=gettext_lazy("E-mail for customers"), required=False, attrs={"autocomplete": "off"})
    website = TextField(label=gettext_lazy("Website"), max_length=LINK_LENGTH, required=False, attrs=LINK_ATTRS)
    instagram = TextField(label="Instagram", max_length=LINK_LENGTH, required=False, attrs=PROFILE_ATTRS)
    facebook = TextField(label="Facebook", max_length=LINK_LENGTH, required=False, attrs=PROFILE_ATTRS)
    tiktok = TextField(label="TikTok", max_length=LINK_LENGTH, required=False, attrs=PROFILE_ATTRS)
    accent = TextField(
        label=gettext_lazy("Color of your brand"),
        max_length=7,
        help_text=gettext_lazy("As #rrggbb. Whatever you choose, texts stay readable."),
        attrs={"autocomplete": "off", "spellcheck": "false", "class": "short"},
    )
    privacy_url = TextField(
        label=gettext_lazy("Link to a privacy notice of your own"),
        max_length=LINK_LENGTH,
        required=False,
        help_text=gettext_lazy(
            "Empty: customers read the one that is made of your settings. What yours says, nobody checks here."
        ),
        attrs=LINK_ATTRS,
    )
    feedback = ChoiceField(
        label=gettext_lazy("Customers are asked how their visit was"),
        choices=(
            ("", gettext_lazy("As usual in your trade")),
            (FeedbackAsk.TWO_HOURS, gettext_lazy("Two hours later")),
            (FeedbackAsk.EVENING, gettext_lazy("The same evening")),
            (FeedbackAsk.OFF, gettext_lazy("Never")),
        ),
        required=False,
        widget=Segments(),
        help_text=gettext_lazy("Once, after you mark the visit as completed, and never at night."),
    )
    review_url = TextField(
        label=gettext_lazy("Where you collect public reviews"),
        max_length=LINK_LENGTH,
        required=False,
        help_text=gettext_lazy(
            "Your page at Google or elsewhere. Everybody who rates a visit gets this link, happy or not."
        ),
        attrs=LINK_ATTRS,
    )
    consents = ChoicesField(
        label=gettext_lazy("Ask customers whether they agree to"),
        choices=tuple((str(each), each.label) for each in ASKED_CONSENTS),
        required=False,
        widget=Chips(),
        help_text=gettext_lazy("Each is a box of its own where they book, and nobody finds it ticked."),
    )
    locale = ChoiceField(label=gettext_lazy("Language of the business"), choices=tuple(LANGUAGE_NAMES.items()))
    languages = ChoicesField(
        label=gettext_lazy("Customers can read your page in"),
        choices=tuple(LANGUAGE_NAMES.items()),
        widget=Chips(),
    )
    tone = ChoiceField(
        label=gettext_lazy("How customers are addressed in Spanish"),
        choices=(("", gettext_lazy("As usual in your trade")), (Tone.INFORMAL, "Tú"), (Tone.FORMAL, "Usted")),
        required=False,
        widget=Segments(),
    )
    clock = ChoiceField(
        label=gettext_lazy("Clock"),
        choices=(("", gettext_lazy("As in your country")), ("12", "3:30 p.m."), ("24", "15:30")),
        required=False,
        widget=Segments(),
        help_text=gettext_lazy("On your page, in messages and in the calendar."),
    )
    timezone = ZoneField(
        label=gettext_lazy("Time zone of the business"),
        help_text=gettext_lazy(
            "For lists and history. Each location has its own time zone, and appointments keep theirs."
        ),
    )
    sms_countries = ChoicesField(
        label=gettext_lazy("SMS also to numbers of"),
        required=False,
        widget=Chips(),
        help_text=gettext_lazy("Numbers of your own country always get them."),
    )
    emails_per_day = NumberField(
        label=gettext_lazy("E-mails a day, at most"), min_value=0, max_value=MOST_PER_DAY, required=False
    )
    sms_per_day = NumberField(
        label=gettext_lazy("SMS a day, at most"),
        min_value=0,
        max_value=MOST_PER_DAY,
        required=False,
        help_text=gettext_lazy(
            "Leave empty for as many as your plan allows. Anything beyond that waits for the next day."
        ),
    )

    setup_type = BusinessSetup
    further = {"texts": gettext_lazy("Texts of your page"), "widget_sites": gettext_lazy("Sites with the widget")}

    def __init__(
        self, data: QueryDict | None = None, *, setup: BusinessSetup | None = None, row_id: int | None = None
    ) -> None:
        super().__init__(data, setup=setup, row_id=row_id)
        for name, text, language in list_text_names():
            is_line = text == "about"
            self.fields[name] = TextField(
                label=LABELS[text, language],
                max_length=ABOUT_LENGTH if is_line else TEXT_LENGTH,
                rows=0 if is_line else 2,
                required=False,
                attrs={"autocomplete": "off", "lang": language},
            )
        own = current_tenant().country
        known = [each for each in FIRST_MARKETS if each != own]
        known += [each for each in (setup.sms_countries if setup else ()) if each not in known]
        names = Locale(current_language()).territories
        self.fields["sms_countries"].choices = [(each, names.get(each, each)) for each in known]  # type: ignore[attr-defined]
        accent: Any = self.fields["accent"].widget
        accent.attrs |= {"data-look": "accent"}

    @property
    def swatches(self) -> tuple[tuple[str, str | Promise, bool], ...]:
        """Return the colors that one click chooses, with their names, and whether each is the one in the field."""
        chosen = str(self["accent"].value() or "").strip().lower()
        return tuple((color, name, color == chosen) for color, name in SWATCHES)

    @property
    def parts(self) -> tuple[Part, ...]:  # type: ignore[override]
        """Return the sections; the texts of one kind stand beside each other."""
        names = [name for name, _, _ in list_text_names()]
        pairs = tuple(tuple(names[at : at + len(LANGUAGES)]) for at in range(0, len(names), len(LANGUAGES)))
        return (
            Part(
                "name",
                gettext("Name and contact"),
                gettext("How customers see you on the page, in e-mails and on the poster."),
                (("name", "email"), ("website", "instagram"), ("facebook", "tiktok")),
                after="workspace/settings/places.html",
            ),
            Part(
                "color",
                gettext("Color"),
                gettext("Choose the color of your brand. We make sure that it can always be read."),
                (("accent",),),
                template="workspace/settings/swatches.html",
                after="workspace/settings/measured.html",
            ),
            Part(
                "texts",
                gettext("Texts of your page"),
                gettext("Where a language is missing, the text in your own is shown."),
                (*pairs, ("privacy_url",), ("consents",)),
            ),
            Part(
                "language",
                gettext("Language, address and clock"),
                gettext("How your page and your messages speak."),
                (("locale", "languages"), ("tone",), ("clock",), ("timezone",)),
                after="workspace/settings/country.html",
            ),
            Part(
                "feedback",
                gettext("Opinions"),
                gettext("What you ask after a visit, and where people may say it publicly."),
                (("feedback",), ("review_url",)),
            ),
            Part(
                "messages",
                gettext("Messages"),
                gettext("Where they go, and how many you want to pay for."),
                (("sms_countries",), ("emails_per_day", "sms_per_day")),
                after="workspace/settings/reminders.html",
            ),
        )

    def clean_accent(self) -> str:
        """Return the color in lower case.

        Raises:
            ValidationError: It is that of the page.
        """
        color = str(self.cleaned_data["accent"]).strip().lower()
        color = color if color.startswith("#") else f"#{color}"
        is_color = len(color) == len("#rrggbb") and all(sign in "0123456789abcdef" for sign in color[1:])
        if is_color and is_of_page(color):
            raise forms.ValidationError(gettext(LOOKS_LIKE_PAGE), code="page")
        return color

    def list_initial(self, setup: BusinessSetup) -> dict[str, Any]:
        """Return what the fields show: each text in its own field, all languages where none was left out."""
        said = {(name, each.language): getattr(each, name) for each in setup.texts for name in TEXTS}
        texts = {name: said.get((text, language), "") for name, text, language in list_text_names()}
        profiles = {name: show_profile(name, getattr(setup, name)) for name in NETWORKS}
        return {**super().list_initial(setup), **profiles, **texts, "languages": setup.languages or LANGUAGES}

    def read_values(self) -> dict[str, Any]:
        """Return the values with the texts as the business keeps them."""
        values = super().read_values()
        texts: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
        for name, text, language in list_text_names():
            texts[language][text] = values.pop(name, "")
        made = tuple(BusinessText(language=language, **said) for language, said in texts.items())
        chosen = values["languages"]
        return {
            **values,
            "languages": () if set(chosen) == set(LANGUAGES) else chosen,
            "texts": tuple(sorted((each for each in made if not each.is_empty), key=lambda each: each.language)),
        }

    def describe(self, name: str, value: object) -> str:
        """Return a stored value in words: zones by their cities, choices by their labels."""
        if name == "timezone":
            return name_zone(str(value))
        if name in NETWORKS and value:
            return show_profile(name, str(value))
        if name in {"locale", "tone", "clock", "feedback"}:
            return str(dict(self.fields[name].choices).get(value, value))  # type: ignore[attr-defined]
        if name in {"languages", "sms_countries", "consents"} and isinstance(value, list):
            labels = dict(self.fields[name].choices)  # type: ignore[attr-defined]
            nothing = gettext("nothing") if name == "consents" else gettext("all")
            return ", ".join(str(labels.get(each, each)) for each in value) or nothing
        return super().describe(name, value)
