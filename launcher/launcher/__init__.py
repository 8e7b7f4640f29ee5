"""The `bailleurs` command: the only package that knows all five services."""
