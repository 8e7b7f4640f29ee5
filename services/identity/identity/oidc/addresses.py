"""Addresses to return to: what a client may declare, and what meets it (RFC 8252 §7, RFC 9700 §2.1).

Read as they are written: a parser would drop a leading space and lower a scheme, and so let in what was not declared.
"""

import re
from collections.abc import Collection

LAST_PORT = 65535
# What an address is made of (RFC 3986 §2) but « # »: a fragment would reach the client without its code.
_WRITTEN = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+")
_LOOPBACK = re.compile(r"http://127\.0\.0\.1(?::(?P<port>[1-9][0-9]{0,4}))?(?P<rest>/.*)?")
_WEB = re.compile(r"https?://(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(?P<port>[1-9][0-9]{0,4}))?(?:[/?].*)?")
# A scheme of one's own has a dot and no host (RFC 8252 §7.1).
_OWN = re.compile(r"(?=[^:]*\.)[a-z][a-z0-9+.-]*:(?!//[^/]).+")


def meets(address: str, declared: Collection[str]) -> bool:
    """Character by character; a declared loopback address is met on any port (RFC 8252 §7.3)."""
    return address in declared or without_port(address) in declared


def without_port(address: str) -> str | None:
    """The address without its port, when it is ``http://127.0.0.1:1`` to ``:65535`` and what follows."""
    found = _LOOPBACK.fullmatch(address)
    if not found or not found["port"] or not _is_port(found["port"]):
        return None
    return f"http://127.0.0.1{found['rest'] or ''}"


def declarable(address: str, public_url: str) -> bool:
    """https with a host, the product's own address, loopback without a port, or a scheme of the client's own."""
    if not _WRITTEN.fullmatch(address) or "*" in address:
        return False
    loopback = _LOOPBACK.fullmatch(address)
    if loopback:
        return loopback["port"] is None
    web = _WEB.fullmatch(address)
    if web:
        # The product's own may only be plain http where settings let it, which production does not.
        own = address.startswith(f"{public_url}/")
        return _is_port(web["port"]) and (address.startswith("https:") or own)
    return bool(_OWN.fullmatch(address))


def _is_port(text: str | None) -> bool:
    return text is None or int(text) <= LAST_PORT
