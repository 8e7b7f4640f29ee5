"""Accounts, credentials, sign-in, recovery and the OpenID provider."""
