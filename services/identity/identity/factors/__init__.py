"""Second factors and passkeys: an authenticator application, keys of the person's devices, recovery codes."""
