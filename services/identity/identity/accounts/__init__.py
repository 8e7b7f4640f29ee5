"""Accounts: creation, contact addresses, credentials and activation."""
