"""The Caf's answers: a file received, read in the background, applied by the state table, told once a landlord."""
