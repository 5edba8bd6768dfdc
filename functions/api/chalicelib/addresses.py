"""Whose request it is: the client's address, as far as it can be known for certain.

API Gateway names its immediate peer, which nobody can forge. Behind a proxy of ours (CloudFront)
that is the proxy, and the client stands in X-Forwarded-For, to whose right end each hop adds its
peer; what stands further left is whatever the client sent. So exactly as many entries are believed
as there are hops of ours, and only if the request proves that it came through them: our proxy adds
a key that nobody else knows, since the gateway itself can be reached from everywhere.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

UNKNOWN = "unknown"
ORIGIN_HEADER = "x-origin-key"
# What one connection is given, and every address of it is at its owner's choice.
_IPV6_PREFIX = 64


def client_address(
    peer: str | None, headers: Mapping[str, str], *, trusted_hops: int, origin_key: str
) -> str:
    """Return the address to count by: an IPv4 address, or the IPv6 network of one connection."""
    proved = bool(origin_key) and hmac.compare_digest(
        headers.get(ORIGIN_HEADER, "").encode(), origin_key.encode()
    )
    if not (trusted_hops and proved):
        return _counted(peer)
    # The gateway adds its own peer, our nearest hop, as the last one.
    forwarded = headers.get("x-forwarded-for", "").split(",")
    if len(forwarded) <= trusted_hops:
        return _counted(peer)
    return _counted(forwarded[-trusted_hops - 1].strip())


@lru_cache(maxsize=4096)
def _counted(text: str | None) -> str:
    try:
        address: IPv4Address | IPv6Address = ip_address(text or "")
    except ValueError:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            return str(IPv6Network((int(address), _IPV6_PREFIX), strict=False))
        address = address.ipv4_mapped
    return str(address)
