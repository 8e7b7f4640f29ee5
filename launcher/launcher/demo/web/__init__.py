"""The product as seen from outside: pages with forms, and APIs with a token."""
