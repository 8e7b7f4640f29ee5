"""The Caf's answers: the file is stored, read in the background, applied by the state table, published per landlord."""
