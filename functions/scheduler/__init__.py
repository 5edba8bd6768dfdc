"""Lambdas that the clock calls."""
