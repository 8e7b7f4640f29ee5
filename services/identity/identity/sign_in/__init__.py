"""Signing in: password and second factor, sessions, and the steps of the first sign-in."""
