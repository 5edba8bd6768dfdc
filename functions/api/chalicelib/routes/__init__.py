"""One module per aggregate; each view parses, calls one use case and returns a schema."""
