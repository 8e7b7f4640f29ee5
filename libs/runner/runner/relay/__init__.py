"""Transports committed events from outboxes to inboxes: in process or through RabbitMQ, same rows and handlers."""
