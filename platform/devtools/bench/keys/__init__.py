"""``./dev bench keys``: what the programs of one business cost its neighbor.

Two programs make 1,000 calls a minute with a key each, in equal steps, while somebody asks for pages and free times of
another business on the same server; and then nobody does. Windows with and without the calls take turns. A ratio is the
neighbor's 95th percentile with the calls over that without of the same round, and its median counts. The server is that
of ``./dev bench http``: one process, DEBUG off.
"""

from devtools.bench.keys.command import run

__all__ = ["run"]
