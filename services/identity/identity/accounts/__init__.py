"""Accounts: how they are made, reached and brought to life."""
