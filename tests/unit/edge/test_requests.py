from __future__ import annotations

from edge.requests import find_address, find_block


def test_address_is_the_one_the_server_saw(rf):
    headers = {"X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7"}
    request = rf.get("/", headers=headers, REMOTE_ADDR="198.51.100.1")

    assert (find_address(request), find_block(request)) == ("198.51.100.1", "198.51.100.0/24")


def test_caller_without_a_network_has_no_address(rf):
    request = rf.get("/")
    del request.META["REMOTE_ADDR"]

    assert (find_address(request), find_block(request)) == ("", "")
