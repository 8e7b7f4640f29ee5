"""The rules of the July declaration, as tables and pure functions: no web framework, no session, no broker."""
