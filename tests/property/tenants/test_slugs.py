"""Whatever is typed: an accepted address is a DNS label and a safe part of a schema's name."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import DomainError
from tenants.policies import check_slug

TYPED = st.one_of(st.text(max_size=60), st.from_regex(r"[a-zA-Z0-9_\-. '\";]{0,45}", fullmatch=True))


@given(TYPED)
def test_accepted_slug_is_a_plain_dns_label(typed):
    try:
        slug = check_slug(typed)
    except DomainError:
        return

    assert slug == typed
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{1,38})[a-z0-9]", slug)
    assert "--" not in slug
    assert slug.isascii()
