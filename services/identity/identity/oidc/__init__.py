"""OpenID provider: authlib with its unsafe defaults overridden; authlib is used in this package only."""
