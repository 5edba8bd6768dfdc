"""What operators do to a deployed stack by hand; see docs/backup-and-restore.md."""
