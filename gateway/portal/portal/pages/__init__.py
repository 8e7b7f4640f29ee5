"""The pages, one module or package per subject; `portal.routes` registers them."""
