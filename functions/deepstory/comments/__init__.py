"""Comments: what people write under posts."""
