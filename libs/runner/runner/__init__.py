"""Runs services: processes, broker and monitoring. No service imports it."""
