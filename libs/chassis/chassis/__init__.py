"""What the five services share; a service imports this package and itself, nothing else of ours."""
