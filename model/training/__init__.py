"""The recipe that makes Deep-Story's own small Stable Diffusion: `python -m model.training`."""
