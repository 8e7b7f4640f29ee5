"""French formats and names: pure values and rules, independent of the rest of the chassis."""
