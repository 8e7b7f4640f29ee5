"""The network of an address: addresses that one person can switch between at will count as one."""

from ipaddress import IPv6Address, ip_address, ip_network


def network_of(address: str) -> str:
    """``/24`` in IPv4 and ``/56`` in IPv6 (as assigned to an access line); ``unknown`` if it cannot be parsed."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return str(ip_network((parsed, 24 if parsed.version == 4 else 56), strict=False))
