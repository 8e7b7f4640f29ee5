"""The grid: many declarations in one table, read, validated and saved row by row."""
