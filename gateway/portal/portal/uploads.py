"""Limits request bodies: form size by default, file size where the page takes a file from that person."""

from io import BytesIO
from wsgiref.types import WSGIEnvironment

from chassis.bridge import MOST_BYTES
from flask import Flask, request

from portal.sign_in.person import signed_in

# A 60 MB registry file, plus the form around it.
MAX_UPLOAD_BYTES = 64 * 1024 * 1024


def most_bytes(app: Flask, environ: WSGIEnvironment) -> int:
    """The maximum body length of this request; called before it is read."""
    with app.request_context({**environ, "wsgi.input": BytesIO()}):
        view = app.view_functions.get(request.endpoint or "")
        sender, person = getattr(view, "takes_file_of", None), signed_in()
        welcome = request.method == "POST" and person is not None and person.kind == sender
        return MAX_UPLOAD_BYTES if welcome else MOST_BYTES
