"""What documents learns from the other services, one module per publisher."""
