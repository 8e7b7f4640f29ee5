"""The rules of identity: tables and pure functions, free of Flask, SQLAlchemy and the broker."""
