"""Files of rows, XLSX and CSV: read in a process of their own, written for people to fill."""
