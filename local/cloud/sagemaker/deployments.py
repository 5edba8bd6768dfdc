"""What an update of an endpoint replaces, kept until the new one has started."""

from local.cloud.sagemaker.store import Record

_REPLACED = ("config_name", "variant", "environment", "weights", "async", "generation")


def former(endpoint: Record) -> Record | None:
    """Return what an update may have to go back to: only what serves can be."""
    if not endpoint["was_ready"] or endpoint["desired"] == 0:
        return None
    return endpoint.get("former") or {name: endpoint.get(name) for name in _REPLACED}


def rolled_back(endpoint: Record, why: str) -> Record:
    """Return an endpoint as it was before the update that failed."""
    return {**endpoint, **endpoint["former"], "former": None, "failure": why}
