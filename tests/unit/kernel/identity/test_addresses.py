from __future__ import annotations

import pytest

from kernel.identity.addresses import find_block, find_network


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("203.0.113.250", "203.0.113.0/24"),
        ("203.0.114.7", "203.0.114.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("64:ff9b::203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2::1", "2001:db8:1::/48"),
        ("2001:db8:1:ffff:ffff::1", "2001:db8:1::/48"),
        ("2001:db8:2::1", "2001:db8:2::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_neighbors_lie_in_one_block(address, block):
    assert find_block(address) == block


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        ("::ffff:203.0.113.7", "203.0.113.7/32"),
        ("2001:db8:1:2:3::1", "2001:db8:1:2::/64"),
        ("unix", "unix"),
    ],
)
def test_a_household_is_a_network(address, network):
    assert find_network(address) == network
