"""The JSON 1.1 side of SageMaker: one table of operations."""

import json
from collections.abc import Callable, Mapping

from local.cloud.sagemaker.endpoints import Endpoints
from local.cloud.sagemaker.errors import ApiError, UnknownOperationError, json_error, json_response
from local.cloud.sagemaker.models import Models
from local.cloud.sagemaker.scope import Scope
from local.cloud.sagemaker.store import Record
from local.cloud.seams import Response

Operation = Callable[[Scope, Record], Record]


def operations(models: Models, endpoints: Endpoints) -> dict[str, Operation]:
    """Return what this SageMaker can do, by the names of its API."""
    return {
        "CreateModel": models.create_model,
        "DescribeModel": models.describe_model,
        "ListModels": models.list_models,
        "DeleteModel": models.delete_model,
        "CreateEndpointConfig": models.create_endpoint_config,
        "DescribeEndpointConfig": models.describe_endpoint_config,
        "ListEndpointConfigs": models.list_endpoint_configs,
        "DeleteEndpointConfig": models.delete_endpoint_config,
        "CreateEndpoint": endpoints.create,
        "UpdateEndpoint": endpoints.update,
        "UpdateEndpointWeightsAndCapacities": endpoints.update_capacities,
        "DescribeEndpoint": endpoints.describe,
        "ListEndpoints": endpoints.list,
        "DeleteEndpoint": endpoints.delete,
        "AddTags": lambda scope, request: {"Tags": request.get("Tags", [])},
        "DeleteTags": lambda scope, request: {},
        "ListTags": lambda scope, request: {"Tags": []},
    }


def answer(table: Mapping[str, Operation], headers: Mapping[str, str], body: bytes) -> Response:
    """Answer one request of a JSON 1.1 service."""
    name = headers.get("x-amz-target", "").rpartition(".")[2]
    try:
        if name not in table:
            raise UnknownOperationError(f"The operation {name!r} is not available here")
        request = json.loads(body or b"{}")
        if not isinstance(request, dict):
            raise ApiError("The request is not a JSON object")
        return json_response(table[name](Scope.current(), request))
    except ValueError as error:
        return json_error(ApiError(f"The request can't be read: {error}"))
    except ApiError as error:
        return json_error(error)
