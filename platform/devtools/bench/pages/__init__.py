"""``./dev bench pages``: how the customer's pages are for a phone, and what each of them costs the server.

The application is served with its sample businesses, as in ``./dev bench http``, and as in production:
DEBUG off, static files with hashes in their names and compressed, pages compressed. Then, one after the other:

- Each step of booking a visit, the pages after it and the board are asked for in turns, round after round.
  Time is from the first middleware to the answer, CPU that of its thread; queries are all that the request sends to
  PostgreSQL.
- Lighthouse (with Node and Chromium; npm brings it once) looks at each page as a slow phone shows it. The median of
  three runs has to reach the goals on the first page, which also has to be small.

``--against COMMIT`` serves that version too, walks through both in turns and prints the ratios.
"""

from devtools.bench.pages.command import run

__all__ = ["run"]
