"""What the clock looks after: counts verified, orphans swept, old rows brought up to date."""
