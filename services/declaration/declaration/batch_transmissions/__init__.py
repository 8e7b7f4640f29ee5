"""Declarations transmitted together: asked for once, done in the background, each as if it were alone."""
