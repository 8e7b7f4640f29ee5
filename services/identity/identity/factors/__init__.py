"""Second factors: authenticator application, passkeys, recovery codes."""
