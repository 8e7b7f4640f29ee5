"""Files that are handed over: kept, parsed in a process of their own, their errors by line."""
