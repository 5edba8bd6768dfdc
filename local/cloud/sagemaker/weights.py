"""Brings a model's weights from S3 to where its container reads them."""

from pathlib import Path
from xml.etree import ElementTree

from local.cloud.sagemaker import aws
from local.cloud.sagemaker.scope import Scope

_S3 = "{http://s3.amazonaws.com/doc/2006-03-01/}"


async def fetch(scope: Scope, prefix: str | None, folder: Path) -> dict[str, str]:
    """Copy what lies below an ``s3://`` prefix; return the environment that tells where it is.

    A container finds its weights in /opt/ml/model, a process beside others in its MODEL_DIR.
    """
    if prefix is None:
        return {}
    bucket, _, start = prefix.removeprefix("s3://").partition("/")
    for key in await _keys(scope, bucket, start):
        file = folder / key.removeprefix(start).lstrip("/")
        if not file.resolve().is_relative_to(folder.resolve()):
            raise aws.ServiceError(f"the name of {key} leads out of the model's folder")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(await aws.get_object(scope, f"s3://{bucket}/{key}"))
    if not folder.is_dir():
        raise aws.ServiceError(f"could not find model data at {prefix}")
    return {"MODEL_DIR": str(folder)}


async def _keys(scope: Scope, bucket: str, start: str) -> list[str]:
    keys: list[str] = []
    query = {"list-type": ["2"], "prefix": [start]}
    while True:
        page = ElementTree.fromstring(await aws.list_objects(scope, bucket, query))  # noqa: S314  # this cloud's own
        keys += [str(one.text) for one in page.iterfind(f"{_S3}Contents/{_S3}Key")]
        token = page.findtext(f"{_S3}NextContinuationToken")
        if not token:
            return [key for key in keys if not key.endswith("/")]
        query["continuation-token"] = [token]
