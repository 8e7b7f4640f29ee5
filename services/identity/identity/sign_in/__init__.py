"""Signing in: the attempt, the session it opens, and the steps of the first sign-in."""
