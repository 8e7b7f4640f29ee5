"""Benchmarks: one module each, with the name used by `make bench BENCH=…` and a `figures()` function."""
