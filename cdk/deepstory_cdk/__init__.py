"""The AWS resources of Deep-Story as CDK constructs.

The package is not called ``deepstory`` because Chalice imports ``functions/api/app.py`` while it
packages, in this very process, and that import must find the domain package of that name.
"""
