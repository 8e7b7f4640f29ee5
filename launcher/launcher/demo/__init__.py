"""What a demonstration needs: an invented registry, and the whole journey driven through public HTTP only."""
