"""The pages, one module or package a subject; `portal.routes` gathers them."""
