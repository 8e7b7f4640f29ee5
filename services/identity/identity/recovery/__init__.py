"""Lost identifier, forgotten password, and links for unknown devices: stored by a form, handled later by a worker."""
