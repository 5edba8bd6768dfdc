"""Whose request it is, whatever the client claims."""

from __future__ import annotations

import pytest

from chalicelib.addresses import UNKNOWN, client_address

KEY = "only-our-proxy-knows"
FORGED = "198.51.100.9"
CLIENT = "192.0.2.7"
EDGE = "203.0.113.1"


def address(peer: str | None, forwarded: str = "", key: str = "", *, hops: int = 0) -> str:
    headers = {"x-forwarded-for": forwarded, "x-origin-key": key}
    return client_address(peer, headers, trusted_hops=hops, origin_key=KEY)


def test_without_a_proxy_of_ours_the_peer_counts_and_nothing_that_is_sent() -> None:
    assert address(CLIENT, f"{FORGED}, {CLIENT}") == CLIENT
    assert address(CLIENT, f"{FORGED}, {CLIENT}", KEY) == CLIENT


def test_behind_a_proxy_the_client_stands_left_of_the_proxy() -> None:
    assert address(EDGE, f"{CLIENT}, {EDGE}", KEY, hops=1) == CLIENT


def test_what_the_client_puts_into_the_header_stands_too_far_left() -> None:
    assert address(EDGE, f"{FORGED}, {FORGED}, {CLIENT}, {EDGE}", KEY, hops=1) == CLIENT


@pytest.mark.parametrize("key", ["", "guessed", "only-our-proxy-know", "é"])
def test_who_goes_around_the_proxy_cannot_name_another_address(key: str) -> None:
    assert address(CLIENT, f"{FORGED}, {CLIENT}", key, hops=1) == CLIENT


def test_without_a_key_no_hop_is_believed() -> None:
    headers = {"x-forwarded-for": f"{FORGED}, {CLIENT}", "x-origin-key": ""}

    assert client_address(CLIENT, headers, trusted_hops=1, origin_key="") == CLIENT


def test_header_with_fewer_hops_than_ours_is_not_believed() -> None:
    assert address(EDGE, EDGE, KEY, hops=1) == EDGE
    assert address(EDGE, "", KEY, hops=1) == EDGE
    assert address(EDGE, f"{CLIENT}, 203.0.113.2, {EDGE}", KEY, hops=2) == CLIENT


def test_ipv6_is_counted_by_the_network_of_one_connection() -> None:
    assert address("2001:db8:1:2:aaaa::1") == address("2001:db8:1:2:bbbb::2") == "2001:db8:1:2::/64"
    assert address("2001:db8:1:3::1") != address("2001:db8:1:2::1")


def test_ipv4_in_ipv6_clothes_is_the_ipv4_address() -> None:
    assert address(f"::ffff:{CLIENT}") == CLIENT


@pytest.mark.parametrize("peer", [None, "", "unix:", "999.1.1.1"])
def test_what_is_no_address_is_counted_together(peer: str | None) -> None:
    assert address(peer) == UNKNOWN
