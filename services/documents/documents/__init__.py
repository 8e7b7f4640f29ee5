"""Recaps and letters as PDF: rendered once, stored by content hash, shown to whoever may see the dwelling."""
