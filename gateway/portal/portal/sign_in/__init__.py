"""Signing in with identity (OpenID Connect); tokens stay in the server's session, never in the page."""
