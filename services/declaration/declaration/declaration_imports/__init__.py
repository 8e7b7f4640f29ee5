"""Files sent back filled: received, checked line by line, applied when their sender says so; each in the background."""
