"""The OpenID provider: authlib with its unsafe defaults overridden, and nothing of it outside this package."""
