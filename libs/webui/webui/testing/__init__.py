"""For tests of identity's pages and the portal: the rules every page must respect, checked in its HTML."""

from webui.testing.checks import assert_page, page_checks, typography_faults
from webui.testing.compiled import share_templates
from webui.testing.parsing import Element, parse

__all__ = ["Element", "assert_page", "page_checks", "parse", "share_templates", "typography_faults"]
