"""The QR code from a printed page to the public page that verifies it."""

import io

import segno


def svg(target: str) -> str:
    """QR of `target` as SVG text, error level M, with the 4 modules of margin that ISO/IEC 18004 asks for."""
    out = io.BytesIO()
    segno.make(target, error="m", micro=False).save(out, kind="svg", border=4, xmldecl=False, omitsize=True)
    return out.getvalue().decode("utf-8")
