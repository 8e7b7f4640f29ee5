"""Carries committed events from outboxes to inboxes: in process, or through RabbitMQ. Same rows, same handlers."""
