"""For the tests of identity's pages and the portal's: what every page must respect, read from its HTML."""

from webui.testing.checks import assert_page, page_checks, typography_faults
from webui.testing.parsing import Element, parse

__all__ = ["Element", "assert_page", "page_checks", "parse", "typography_faults"]
