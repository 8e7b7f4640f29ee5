"""Static files: one path and one set for identity's pages and the portal, cached for a year under hashed names."""

import gzip
import json
import mimetypes
from pathlib import Path
from typing import NamedTuple

from flask import Flask, Response, abort, request

STATIC = Path(__file__).resolve().parent / "static"
PATH = "/static/"
FOR_GOOD = "public, max-age=31536000, immutable"


class AssetsMissing(RuntimeError):
    """static/ was not built on this machine."""


class Asset(NamedTuple):
    """A file in memory (250 kB for all of them), plain and compressed."""

    plain: bytes
    zipped: bytes
    media_type: str


def load_manifest(directory: Path = STATIC) -> dict[str, str]:
    """Plain name -> hashed name. Raises AssetsMissing, which says what to run."""
    try:
        files: dict[str, str] = json.loads((directory / "manifest.json").read_text())["files"]
    except (OSError, ValueError, KeyError) as error:
        raise AssetsMissing("The pages' static files are not built: run `python -m webui.build`") from error
    return files


def read_asset(path: Path) -> Asset:
    """`path`'s content, and the media type from its name."""
    content = path.read_bytes()
    return Asset(content, gzip.compress(content, mtime=0), mimetypes.guess_type(path.name)[0] or "text/plain")


def add_assets(app: Flask) -> None:
    """Serves /static/ and gives templates `asset_url("app.css")`; needs Flask(..., static_folder=None)."""
    if app.has_static_folder:
        raise ValueError("Make the application with Flask(..., static_folder=None): /static/ belongs to webui")
    names = load_manifest()
    assets = {name: read_asset(STATIC / name) for name in names.values()}

    def asset_url(name: str) -> str:
        """Raises KeyError for a name that the build does not make."""
        return PATH + names[name]

    def static_file(name: str) -> Response:
        asset = assets.get(name) or abort(404)
        zipped = request.accept_encodings.quality("gzip") > 0
        answer = Response(asset.zipped if zipped else asset.plain, content_type=asset.media_type)
        answer.headers["Cache-Control"] = FOR_GOOD
        answer.vary.add("Accept-Encoding")
        if zipped:
            answer.headers["Content-Encoding"] = "gzip"
        return answer

    app.add_url_rule(f"{PATH}<name>", "webui_static", static_file)
    app.jinja_env.globals["asset_url"] = asset_url
