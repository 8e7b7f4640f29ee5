"""Many declarations in one table: rows read, checked and saved."""
