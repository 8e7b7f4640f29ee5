"""Handlers of other services' events: recaps, batch transmissions, letters."""
