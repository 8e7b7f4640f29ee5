"""Security headers of every response: no inline script or style, no third-party content, no framing."""

import re
import uuid

from flask import Flask, Response, g, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Flask-WTF checks the referrer of a POST over https: with `no-referrer` it would refuse every form.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
HSTS = "max-age=31536000; includeSubDomains"
REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")


def request_id() -> str:
    """The caller's X-Request-ID when well formed, else a new one; constant for the whole request."""
    if "webui_request_id" not in g:
        given = request.headers.get("X-Request-ID", "")
        g.webui_request_id = given if REQUEST_ID.match(given) else str(uuid.uuid4())
    return str(g.webui_request_id)


def add_headers(app: Flask) -> None:
    """Sets the headers after each request; HSTS only when the site is https. A view's own values stay."""

    def protect(answer: Response) -> Response:
        # In one pass, since each `setdefault` looks through all of them.
        given = {name.lower() for name, _ in answer.headers}
        for name, value in HEADERS.items():
            if name.lower() not in given:
                answer.headers.add(name, value)
        if request.is_secure or app.config["PREFERRED_URL_SCHEME"] == "https":
            answer.headers["Strict-Transport-Security"] = HSTS
        answer.headers["X-Request-ID"] = request_id()
        return answer

    app.after_request(protect)
