"""Lambdas that streams and notifications call."""
