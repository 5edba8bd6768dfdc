"""The Stable Diffusion endpoint: its switch, its state, its pace."""
