"""Which numbers get SMS: people's own ones, in the countries that the business writes to.

Numbers that cost by the message are how others earn money with our messages ("SMS pumping"). Kinds
of numbers are those of the library `phonenumbers` (ITU-T E.164 and the national plans).
"""

from __future__ import annotations

import phonenumbers
from phonenumbers import PhoneNumberType

from tenants.context import find_current_tenant

REFUSED_KINDS = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PAGER,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
        PhoneNumberType.PERSONAL_NUMBER,
        PhoneNumberType.UNKNOWN,
    }
)


def gets_sms(phone: str) -> bool:
    """Tell whether the business writes to a number (E.164).

    Satellites and international networks (+870, +878, +881 to +883, +888, +979) belong to no country
    (ITU-T E.164.1), so that no business can open them.
    """
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return False
    tenant = find_current_tenant()
    country = phonenumbers.region_code_for_number(number)
    countries = () if tenant is None else (tenant.country, *tenant.sms_countries)
    return country in countries and phonenumbers.number_type(number) not in REFUSED_KINDS
