"""Notifications to Lambdas, which must not be lost with the process."""

import io
import zipfile
from pathlib import Path

from support.cloud import Cloud, fresh_account
from support.functions import role_beside
from support.hosting import Hosted, eventually, hosting_cloud

_HANDLER = """
import json, pathlib
def handler(event, context):
    message = json.loads(event["Records"][0]["Sns"]["Message"])
    if message["eventName"] != "InferenceResult":
        return
    log = pathlib.Path(LOG)
    with log.open("a") as file:
        file.write(message["inferenceId"] + chr(10))
    if log.read_text().count(message["inferenceId"]) == 1:
        raise RuntimeError("not yet")
"""


def _subscribe_lambda(hosted: Hosted, log: Path) -> None:
    """Subscribe a Lambda that fails once."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("told.py", _HANDLER.replace("LOG", repr(str(log))))
    functions = hosted.client("lambda")
    function = functions.create_function(
        FunctionName="told",
        Runtime="python3.11",
        Role=role_beside(functions),
        Handler="told.handler",
        Code={"ZipFile": code.getvalue()},
    )
    hosted.client("sns").subscribe(
        TopicArn=hosted.topic("success"), Protocol="lambda", Endpoint=function["FunctionArn"]
    )


def _jobs(cloud: Cloud) -> list[Path]:
    return list((cloud.data_dir / "sagemaker" / "jobs").glob("*.json"))


def _tries(log: Path) -> int:
    return len(log.read_text().splitlines()) if log.exists() else 0


def test_notice_is_repeated_when_the_cloud_died_before_the_lambda_was_done(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log"
    with hosting_cloud(tmp_path / "data") as cloud:
        hosted = Hosted(cloud, fresh_account()).create()
        _subscribe_lambda(hosted, log)
        hosted.invoke("one")
        eventually(lambda: _tries(log) == 1, "the Lambda has been tried")
        cloud.kill()
        cloud.start()

        eventually(lambda: _tries(log) == 2 and not _jobs(cloud), "the Lambda has been told")
