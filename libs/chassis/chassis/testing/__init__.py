"""What the tests of every service share; loaded as a pytest plugin (`chassis.testing.plugin`)."""
