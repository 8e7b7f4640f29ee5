"""The demo application for every test of the layout."""

import shutil
import sys
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

sys.path.insert(0, str(Path(__file__).parent))

from webui_demo import make_demo

# The image that runs the browser tests has both; elsewhere they are not collected.
collect_ignore = [] if shutil.which("chromium") and shutil.which("java") else ["test_webui_browser.py"]


def pytest_configure(config: pytest.Config) -> None:
    """The marker of the tests that need Debian's chromium."""
    config.addinivalue_line("markers", "browser: drives Debian's chromium")


@pytest.fixture
def app() -> Flask:
    return make_demo()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
