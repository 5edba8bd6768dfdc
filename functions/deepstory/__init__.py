"""Deep-Story's domain: use cases and data access, free of HTTP and of AWS event shapes."""

__version__ = "0.1.0"
