"""Redirect addresses: which ones a client may declare, and how they are matched (RFC 8252 §7, RFC 9700 §2.1).

Compared as written: a URL parser would drop a leading space or lower-case the scheme, and accept undeclared addresses.
"""

import re
from collections.abc import Collection

LAST_PORT = 65535
# The characters of a URL (RFC 3986 §2) except « # »: with a fragment the client would not receive the code.
_WRITTEN = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+")
_LOOPBACK = re.compile(r"http://127\.0\.0\.1(?::(?P<port>[1-9][0-9]{0,4}))?(?P<rest>/.*)?")
_WEB = re.compile(r"https?://(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(?P<port>[1-9][0-9]{0,4}))?(?:[/?].*)?")
# A private-use scheme contains a dot and has no host (RFC 8252 §7.1).
_OWN = re.compile(r"(?=[^:]*\.)[a-z][a-z0-9+.-]*:(?!//[^/]).+")


def meets(address: str, declared: Collection[str]) -> bool:
    """Exact comparison; a declared loopback address matches on any port (RFC 8252 §7.3)."""
    return address in declared or without_port(address) in declared


def without_port(address: str) -> str | None:
    """The address without its port, if it starts with ``http://127.0.0.1:1`` to ``:65535``."""
    found = _LOOPBACK.fullmatch(address)
    if not found or not found["port"] or not _is_port(found["port"]):
        return None
    return f"http://127.0.0.1{found['rest'] or ''}"


def declarable(address: str, public_url: str) -> bool:
    """True for https with a host, the product's own address, loopback without a port, or a private-use scheme."""
    if not _WRITTEN.fullmatch(address) or "*" in address:
        return False
    loopback = _LOOPBACK.fullmatch(address)
    if loopback:
        return loopback["port"] is None
    web = _WEB.fullmatch(address)
    if web:
        # The product's own address may be plain http if the settings allow it, which production does not.
        own = address.startswith(f"{public_url}/")
        return _is_port(web["port"]) and (address.startswith("https:") or own)
    return bool(_OWN.fullmatch(address))


def _is_port(text: str | None) -> bool:
    return text is None or int(text) <= LAST_PORT
