"""The blueprint that the modules of this package add their addresses to."""

from flask import Blueprint

pages = Blueprint("declare", __name__, url_prefix="/declarer")
