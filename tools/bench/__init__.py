"""Benchmarks: one module each, named as `make bench BENCH=…` names it, with a `figures()` of its own."""
