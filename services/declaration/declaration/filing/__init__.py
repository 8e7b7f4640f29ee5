"""One declaration: found inside the caller's perimeter, saved, transmitted, amended, shown."""
