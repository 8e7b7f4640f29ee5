"""Page layout and static files shared by identity's pages and the portal."""

from webui.layout import Link, Person, install

__all__ = ["Link", "Person", "install"]
