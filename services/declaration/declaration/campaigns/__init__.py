"""Campaigns: dates, opening, reminders, progress and closing."""
