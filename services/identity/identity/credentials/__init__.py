"""Login and provisional password: issued, sent sealed, reissued when they do not arrive."""
