"""One tenant on one row: the grid and the file say the three steps in the same few cells, by the same rules."""
