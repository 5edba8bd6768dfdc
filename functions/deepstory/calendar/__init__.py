"""The calendar: one's own diary by its days."""
