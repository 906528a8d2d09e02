"""A business with many bookings, made by a checkout's own code.

A script rather than a module to import, so that it also runs with the code of another checkout (the one that
``PYTHONPATH`` leads to)::

    python -P filling.py SLUG BOOKINGS
"""

from __future__ import annotations

import sys
from dataclasses import replace

from devtools.bench.settings import set_up_django

STAFF = 20


def main(slug: str, bookings: int) -> None:
    """Make it, publish it, and print its schema last."""
    set_up_django()
    from devtools.bench import business  # noqa: PLC0415 - Django's apps come first
    from devtools.scratch.tenant import make_scratch_tenant  # noqa: PLC0415
    from kernel.clock import utc_now  # noqa: PLC0415
    from tenants.jobs import call_in_tenant  # noqa: PLC0415

    tenant = make_scratch_tenant(slug=slug, now=utc_now())
    shape = business.SHAPES["C"]
    business.SHAPES["pair"] = replace(
        shape,
        staff=STAFF if bookings < shape.staff else shape.staff,
        bookings=bookings // 2,
        past=bookings - bookings // 2,
        later=0,
    )
    # On whole minutes, as all bookings are: the engine reckons in nothing smaller.
    now = utc_now().replace(second=0, microsecond=0)
    call_in_tenant(tenant.schema_name, business.make_business, tenant, "pair", now=now)
    print(tenant.schema_name)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
