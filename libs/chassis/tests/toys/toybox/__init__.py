"""A service made for tests: it does a little of everything that the chassis offers."""
