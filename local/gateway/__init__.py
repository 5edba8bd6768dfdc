"""Serves a Chalice app object on this machine the way API Gateway and Lambda serve it.

``asgi`` reads HTTP, ``gateway`` decides what the REST API would do with it, ``server`` runs both
under granian.
"""
