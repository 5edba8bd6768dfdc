"""When the CDK is called, and what is told of its failures."""

import json
import shutil

import pytest

from local import cdk as cdk_line
from local import deploy
from local.deploy import Deployment
from local.errors import StartError
from local.settings import RunSettings

STACK = {"StackName": "deepstory-local", "StackStatus": "CREATE_COMPLETE"}
SUCCEEDS = """
while [[ $1 != --outputs-file ]]; do shift; done
echo 'deepstory-local | 3/7 | 1:00 | CREATE_COMPLETE |'
echo '{outputs}' > "$2"
"""
FAILS = """
echo 'Traceback (most recent call last):'
echo 'deepstory_cdk.stage.ContextError: stage must be one of local, dev'
echo 'cdk/app.py: Subprocess exited with error 1'
exit 1
"""


class FakeDeployment(Deployment):
    """The real one over a cloud that has the toolkit, and our stack once it was deployed."""

    stacks = ("CDKToolkit", "deepstory-local")

    def _stack(self, name):
        return STACK if name in self.stacks else None


@pytest.fixture
def home(tmp_path, monkeypatch):
    settings = RunSettings(data_dir=tmp_path)
    settings.log_dir.mkdir()
    monkeypatch.setattr(deploy.fingerprint, "of", lambda repository, also: "before")
    return FakeDeployment(settings, "http://127.0.0.1:1", {"PATH": "/usr/bin:/bin"})


@pytest.fixture
def cdk(tmp_path, monkeypatch):
    def program(script: str) -> None:
        path = tmp_path / "cdk"
        path.write_text(f"#!{shutil.which('bash')}\n{script}")
        path.chmod(0o755)
        monkeypatch.setattr(cdk_line, "PROGRAM", path)

    return program


def test_deployed_stack_is_current_until_the_sources_change(home, cdk, monkeypatch):
    assert not home.is_current()
    outputs = json.dumps({"deepstory-local": {"ApiFunctionName": "api"}})
    cdk(SUCCEEDS.replace("{outputs}", outputs))
    seen = []
    home.deploy(seen.append)
    assert "3 of 7 resources" in seen
    assert home.is_current()
    monkeypatch.setattr(deploy.fingerprint, "of", lambda repository, also: "after")
    assert not home.is_current()


def test_stack_that_has_gone_is_not_current(home, cdk):
    cdk(SUCCEEDS.replace("{outputs}", json.dumps({"deepstory-local": {"ApiFunctionName": "api"}})))
    home.deploy(lambda _: None)
    home.stacks = ()
    assert not home.is_current()


def test_failed_deployment_tells_the_cause_in_one_line_and_is_not_remembered(home, cdk):
    cdk(FAILS)
    with pytest.raises(StartError) as failure:
        home.deploy(lambda _: None)
    message = str(failure.value)
    assert "ContextError: stage must be one of local, dev" in message
    assert "deploy.log" in message
    assert "\n" not in message
    assert not home.is_current()


def test_deployment_without_an_api_is_refused(home, cdk):
    cdk(SUCCEEDS.replace("{outputs}", json.dumps({"other": {}})))
    with pytest.raises(StartError, match="ApiFunctionName"):
        home.deploy(lambda _: None)
