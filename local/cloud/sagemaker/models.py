"""Models and endpoint configurations: what CreateEndpoint is given by name."""

import re
import time
from pathlib import Path
from typing import Any

from local.cloud.sagemaker.errors import ApiError
from local.cloud.sagemaker.scope import Scope
from local.cloud.sagemaker.store import DurableMap, Record

_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


def require_name(request: Record, field: str) -> str:
    """Return a name that SageMaker would accept."""
    name = request.get(field)
    if not isinstance(name, str) or not _NAME.fullmatch(name) or len(name) > 63:
        raise ApiError(f"Value {name!r} at {field} failed to satisfy constraint: {_NAME.pattern}")
    return name


def found(records: DurableMap, scope: Scope, name: str, kind: str, label: str) -> Record:
    """Return a record or refuse as SageMaker does for one that isn't there."""
    record = records.get(scope.key(name))
    if record is None:
        raise ApiError(f'Could not find {label} "{scope.arn(f"{kind}/{name}")}".')
    return record


def require_new(records: DurableMap, scope: Scope, name: str, kind: str, label: str) -> None:
    """Refuse a name that is taken."""
    if records.get(scope.key(name)) is not None:
        arn = scope.arn(f"{kind}/{name}")
        raise ApiError(f'Cannot create already existing {label} "{arn}".')


def page(records: list[Record], request: Record, field: str, key: str) -> dict[str, Any]:
    """Return one page of a list, newest first as SageMaker's lists are by default."""
    wanted = str(request.get("NameContains", ""))
    matching = [record for record in records if wanted in str(record[key])]
    ordered = sorted(
        matching,
        key=lambda record: record["CreationTime"],
        reverse=request.get("SortOrder", "Descending") == "Descending",
    )
    start = int(request.get("NextToken", 0))
    end = start + int(request.get("MaxResults", 10))
    answer: dict[str, Any] = {field: ordered[start:end]}
    return answer | ({"NextToken": str(end)} if end < len(ordered) else {})


class Models:
    """CreateModel and CreateEndpointConfig with their Describe, List and Delete."""

    def __init__(self, directory: Path) -> None:
        self.models = DurableMap(directory / "models.json")
        self.configs = DurableMap(directory / "endpoint-configs.json")

    def create_model(self, scope: Scope, request: Record) -> Record:
        name = require_name(request, "ModelName")
        require_new(self.models, scope, name, "model", "model")
        if not request.get("PrimaryContainer") and not request.get("Containers"):
            raise ApiError("At least one of PrimaryContainer and Containers must be given")
        return {"ModelArn": self._add(self.models, scope, name, "model", "ModelArn", request)}

    def describe_model(self, scope: Scope, request: Record) -> Record:
        name = require_name(request, "ModelName")
        return found(self.models, scope, name, "model", "model")

    def list_models(self, scope: Scope, request: Record) -> Record:
        fields = ("ModelName", "ModelArn", "CreationTime")
        return self._list(self.models, scope, request, "Models", fields)

    def delete_model(self, scope: Scope, request: Record) -> Record:
        return self._delete(self.models, scope, require_name(request, "ModelName"), "model")

    def create_endpoint_config(self, scope: Scope, request: Record) -> Record:
        name = require_name(request, "EndpointConfigName")
        label = "endpoint configuration"
        require_new(self.configs, scope, name, "endpoint-config", label)
        _check_variants(request)
        for variant in request["ProductionVariants"]:
            found(self.models, scope, require_name(variant, "ModelName"), "model", "model")
        _check_async(request)
        arn = self._add(self.configs, scope, name, "endpoint-config", "EndpointConfigArn", request)
        return {"EndpointConfigArn": arn}

    def describe_endpoint_config(self, scope: Scope, request: Record) -> Record:
        name = require_name(request, "EndpointConfigName")
        return self.config(scope, name)

    def list_endpoint_configs(self, scope: Scope, request: Record) -> Record:
        fields = ("EndpointConfigName", "EndpointConfigArn", "CreationTime")
        return self._list(self.configs, scope, request, "EndpointConfigs", fields)

    def delete_endpoint_config(self, scope: Scope, request: Record) -> Record:
        name = require_name(request, "EndpointConfigName")
        return self._delete(self.configs, scope, name, "endpoint-config")

    def config(self, scope: Scope, name: str) -> Record:
        return found(self.configs, scope, name, "endpoint-config", "endpoint configuration")

    def environment(self, scope: Scope, model_name: str) -> dict[str, str]:
        """Return the environment that a model's container is started with."""
        model = found(self.models, scope, model_name, "model", "model")
        container = model.get("PrimaryContainer") or model["Containers"][0]
        return dict(container.get("Environment") or {})

    def weights(self, scope: Scope, model_name: str) -> str | None:
        """Return the S3 prefix of a model's weights, if they are not in its image."""
        model = found(self.models, scope, model_name, "model", "model")
        container = model.get("PrimaryContainer") or model["Containers"][0]
        source = (container.get("ModelDataSource") or {}).get("S3DataSource")
        return str(source["S3Uri"]) if source else None

    def _add(
        self, records: DurableMap, scope: Scope, name: str, kind: str, field: str, request: Record
    ) -> str:
        arn = scope.arn(f"{kind}/{name}")
        kept = {key: value for key, value in request.items() if key != "Tags"}
        records.put(scope.key(name), {**kept, field: arn, "CreationTime": time.time()})
        return arn

    def _list(
        self, records: DurableMap, scope: Scope, request: Record, field: str, kept: tuple[str, ...]
    ) -> Record:
        rows = [record for _, record in records.items(scope.key(""))]
        summaries = [{name: row[name] for name in kept} for row in rows]
        return page(summaries, request, field, kept[0])

    def _delete(self, records: DurableMap, scope: Scope, name: str, kind: str) -> Record:
        found(records, scope, name, kind, kind.replace("-", " "))
        records.delete(scope.key(name))
        return {}


def _check_variants(request: Record) -> None:
    variants = request.get("ProductionVariants") or []
    if len(variants) != 1:
        raise ApiError("An asynchronous endpoint has exactly one production variant")
    require_name(variants[0], "VariantName")
    if int(variants[0].get("InitialInstanceCount", 1)) < 1:
        raise ApiError("InitialInstanceCount must be greater than or equal to 1")


def _check_async(request: Record) -> None:
    output = (request.get("AsyncInferenceConfig") or {}).get("OutputConfig") or {}
    if not re.fullmatch(r"s3://[^/]+.*", str(output.get("S3OutputPath", ""))):
        raise ApiError(
            "Only asynchronous endpoints are hosted here: "
            "AsyncInferenceConfig.OutputConfig.S3OutputPath must be an s3:// location"
        )
