"""The product seen from outside: pages with forms, and APIs with a token."""
