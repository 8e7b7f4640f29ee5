"""The pages under /compte: sign-in, first sign-in, recovery. No other service ever sees a password."""
