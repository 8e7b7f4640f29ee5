"""Portfolio, campaigns and the July workflow: from the Caf's registry file to a transmitted declaration."""
