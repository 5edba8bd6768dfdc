"""The other services of this cloud, called as SageMaker calls them: inside the process."""

import logging
from urllib.parse import quote, urlencode, urlsplit

from local.cloud import seams
from local.cloud.sagemaker.scope import Scope

logger = logging.getLogger("sagemaker")


class ServiceError(Exception):
    """A service refused; the text is its answer."""


async def put_object(scope: Scope, location: str, body: bytes, content_type: str) -> None:
    """Write an object to an ``s3://`` location."""
    await _s3(scope, "PUT", location, {"content-type": content_type}, body)


async def get_object(scope: Scope, location: str) -> bytes:
    """Read an object from an ``s3://`` location."""
    return await _s3(scope, "GET", location, {}, b"")


async def list_objects(scope: Scope, bucket: str, query: dict[str, list[str]]) -> bytes:
    """Return one page of a bucket's list, as XML."""
    headers = {"host": "localhost", "authorization": _signed_by(scope)}
    status, answer = await _call(scope, "s3", "GET", f"/{bucket}", headers, b"", query)
    if status >= 300:
        raise ServiceError(f"listing {bucket}: {status} {_text(answer)}")
    return answer


async def publish(scope: Scope, topic_arn: str, message: str) -> None:
    """Publish to a topic; its Lambdas are sure to be invoked when this returns.

    A topic that doesn't exist is nobody's loss, as on AWS.
    """
    form = {"Action": "Publish", "TopicArn": topic_arn, "Message": message}
    headers = {"content-type": "application/x-www-form-urlencoded"}
    status, answer = await _call(scope, "sns", "POST", "/", headers, urlencode(form).encode())
    if status >= 500:
        raise ServiceError(f"publishing to {topic_arn}: {_text(answer)}")
    if status >= 300:
        logger.warning("a notification was dropped: %s", _text(answer))


async def _s3(
    scope: Scope, method: str, location: str, headers: dict[str, str], body: bytes
) -> bytes:
    parts = urlsplit(location)
    path = f"/{parts.netloc}/{quote(parts.path.lstrip('/'))}"
    headers = {
        **headers,
        "content-length": str(len(body)),
        "host": "localhost",
        "authorization": _signed_by(scope),
    }
    status, answer = await _call(scope, "s3", method, path, headers, body)
    if status >= 300:
        raise ServiceError(f"{method} {location}: {status} {_text(answer)}")
    return answer


def _signed_by(scope: Scope) -> str:
    """Name who signed: without, S3 would take the request for anybody's."""
    signer = f"{scope.account}/00000000/{scope.region}/s3/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={signer}"


async def _call(
    scope: Scope,
    service: str,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    query: dict[str, list[str]] | None = None,
) -> tuple[int, bytes]:
    handler: seams.Handler = seams.module("app").SERVICE_HANDLERS[service]
    with seams.module("core.responses").request_scope(scope.account, scope.region):
        status, _, answer = await handler(method, path, headers, body, query or {})
    return status, answer


def _text(answer: bytes) -> str:
    return answer[:300].decode(errors="replace")
