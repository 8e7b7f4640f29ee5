"""Shared by transport tests: a broker, a TCP proxy that can be cut, and one interface to drive each transport."""
