"""The API Lambda: assembles the routes and holds no logic.

Nothing is read from the environment here, because packaging imports this module.
"""

from __future__ import annotations

from chalice.app import Chalice

from chalicelib.application import assemble

app = Chalice(app_name="deepstory-api", configure_logs=False)
assemble(app)
