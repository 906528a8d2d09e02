"""Who runs the platform, for its own pages: what is not set is not shown."""

from __future__ import annotations

import re

from config.environment import read_environment

_environment = read_environment()

COMPANY = {
    "name": _environment.company_name,
    "address": _environment.company_address,
    "email": _environment.contact_email,
    "phone": _environment.contact_phone,
    "whatsapp": re.sub(r"\D", "", _environment.whatsapp),
    "legal_url": _environment.legal_url,
}
