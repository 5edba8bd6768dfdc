"""Pictures: asked for, drawn by the model server, kept."""
