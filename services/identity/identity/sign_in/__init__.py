"""Signing in: password, second factor, and the steps of the first sign-in."""
