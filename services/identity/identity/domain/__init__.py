"""Rules of identity: tables and pure functions, independent of Flask, SQLAlchemy and the broker."""
