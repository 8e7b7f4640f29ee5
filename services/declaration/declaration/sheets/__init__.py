"""Files of rows, XLSX and CSV: read in a separate process, written for people to fill."""
