"""Pages under /compte: sign-in, first sign-in, recovery and account. Only this service ever sees a password."""
