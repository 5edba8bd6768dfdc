"""Everything somebody wrote and had drawn, as one ZIP to take away."""
