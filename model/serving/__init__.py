"""The parts of the picture server that inference.py puts together."""
