"""The web pages of Espace Partenaires: they call the services' public APIs with the person's token, nothing else."""
