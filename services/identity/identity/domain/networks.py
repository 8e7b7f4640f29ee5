"""The network an address belongs to: what one person can change of address at will counts as one."""

from ipaddress import IPv6Address, ip_address, ip_network


def network_of(address: str) -> str:
    """``/24`` in IPv4 and ``/56`` in IPv6 (what an access line receives); ``unknown`` when it cannot be read."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return str(ip_network((parsed, 24 if parsed.version == 4 else 56), strict=False))
