"""Why the local home does not start or goes down."""


class StartError(Exception):
    """One line for a person: what is wrong and what to do. Stored data was not changed."""
