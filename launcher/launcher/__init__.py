"""The `bailleurs` command: the only part that knows all five services."""
