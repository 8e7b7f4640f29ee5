"""Sign-in sessions: their steps, the signed-in person, the devices an account knows. The other rooms build on it."""
