"""Accounts: created by events, corrected and closed; their status, chosen passwords and notices to the holder."""
