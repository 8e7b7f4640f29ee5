"""The blueprint on which the modules of this package register their routes."""

from flask import Blueprint

pages = Blueprint("declare", __name__, url_prefix="/declarer")
