"""E-mails and letters of the landlords' service."""
