"""The HTTP face of Deep-Story: routes, schemas and the mapping between them and the domain."""
