"""Organisations, users and groups: who may act on which dwellings."""
