"""Receipts and letters as PDF: made once, kept by content, shown to whoever may see the dwelling."""
