"""``make rehearse``: the whole life of a deployment, from an empty account to an empty account."""
