"""The operations of ``openapi.yaml``: parse, call, show."""
