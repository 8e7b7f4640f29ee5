"""Filled files sent back: received, checked line by line, applied on their sender's request; all in the background."""
