"""Signing in with identity (OpenID Connect); tokens stay in the server-side session, never in the page."""
