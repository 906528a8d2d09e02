"""Settings, URL tables, servers' entry points: where the rooms are put together.

Every process that runs our code imports something from here before it works with time (settings, an entry point), so
this is where it is told whose time zones hold; `tests/architecture/test_zones.py` looks that none begins elsewhere.
"""

from config.zones import use_locked_zones

use_locked_zones()
