"""The QR code from a printed page to the public page that verifies it."""

import base64
import io

import segno


def image(target: str) -> str:
    """QR of `target` as the address of an SVG image, error level M, with the 4 modules of margin of ISO/IEC 18004."""
    out = io.BytesIO()
    segno.make(target, error="m", micro=False).save(out, kind="svg", border=4, xmldecl=False, omitsize=True)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()
