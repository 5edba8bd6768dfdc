"""Rolls an endpoint to other weights, and back if the new model does not start."""

from collections.abc import Callable

from model.operations.endpoint import Endpoint, Record, instances
from model.operations.errors import RollError, StartFailedError


def roll(endpoint: Endpoint, prefix: str, say: Callable[[str], None]) -> bool:
    """Make an endpoint draw with the weights below a prefix; False if it did so already.

    SageMaker tries a new configuration only on instances that run. A sleeping server is woken for
    it and put to sleep again, so that nobody's picture is the first to find a broken model.

    Raises
    ------
    StartFailedError : the new model did not start; the endpoint has its former configuration.
    """
    before = endpoint.settle()
    former = before["EndpointConfigName"]
    wanted = endpoint.with_weights(prefix)
    if former == wanted.name:
        return False
    slept = instances(before)[1] == 0
    endpoint.create(wanted)
    say(f"rolling {endpoint.name} from {former} to {wanted.name}")
    endpoint.update(wanted.name)
    try:
        _require_start(endpoint, wanted.name, wake=slept, say=say)
    except RollError as error:
        try:
            _go_back(endpoint, former, slept=slept)
            endpoint.remove(wanted.name)
        except RollError as second:
            raise RollError(f"{error}\nand going back to {former} failed: {second}") from error
        raise StartFailedError(
            f"{error}\n{endpoint.name} has its former configuration {former} again"
        ) from error
    if slept:
        endpoint.scale(0)
        endpoint.settle()
    if endpoint.remove(former):
        say(f"removed {former}")
    return True


def _require_start(
    endpoint: Endpoint, config_name: str, *, wake: bool, say: Callable[[str], None]
) -> None:
    described = endpoint.settle()
    if wake and described["EndpointConfigName"] == config_name:
        say("the server sleeps: starting one instance to see the new model run")
        endpoint.scale(1)
        described = endpoint.settle()
    running, desired = instances(described)
    if described["EndpointConfigName"] != config_name or running < max(1, desired):
        raise RollError(f"the new model did not start: {_reason(described)}")


def _go_back(endpoint: Endpoint, former: str, *, slept: bool) -> None:
    """Have the former configuration again, by SageMaker's own rolling back or by telling it so."""
    if slept and instances(endpoint.describe())[1]:
        endpoint.scale(0)
        endpoint.settle()  # SageMaker takes one change at a time
    if endpoint.describe()["EndpointConfigName"] != former:
        endpoint.update(former)
    described = endpoint.settle()
    if described["EndpointConfigName"] != former or described["EndpointStatus"] != "InService":
        raise RollError(f"the former configuration {former} could not be had again")


def _reason(described: Record) -> str:
    return str(described.get("FailureReason") or "SageMaker gives no reason")
