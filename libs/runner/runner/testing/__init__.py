"""What tests of carriers share: a broker, a wire that can be cut, and one way to drive each carrier."""
