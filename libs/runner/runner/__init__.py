"""Runs services: what stands between a service and its process, its broker and its monitors. No service imports it."""
