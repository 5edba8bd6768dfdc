"""Lambdas with powers that the API has not."""
