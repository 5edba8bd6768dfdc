from __future__ import annotations

import ast
from dataclasses import fields

import pytest

from deepstory.config import Settings
from infrastructure.synthesis import ROOT, Json, Template

HANDLERS = {
    "APIHandler": "app.app",
    "DispatchPictures": "workers.dispatch_pictures.handler",
    "PictureFinished": "workers.picture_finished.handler",
    "LikeCounts": "workers.like_counts.handler",
    "SearchIndex": "workers.search_index.handler",
    "CommentCounts": "workers.comment_counts.handler",
    "PostsRemoved": "workers.posts_removed.handler",
    "Notices": "workers.notices.handler",
    "DispatchWaiting": "scheduler.dispatch_waiting.handler",
    "TendModelServer": "scheduler.tend_model_server.handler",
    "RotateSigningKeys": "scheduler.rotate_signing_keys.handler",
    "RebuildStats": "scheduler.rebuild_stats.handler",
    "VerifyCounts": "scheduler.verify_counts.handler",
    "SweepPictures": "scheduler.sweep_pictures.handler",
    "Backfill": "scheduler.backfill.handler",
    "ModelControl": "admin.model_control.handler",
    "PasswordResets": "workers.password_resets.handler",
    "Exports": "workers.exports.handler",
    "Erasures": "workers.erasures.handler",
    "ResumeErasures": "scheduler.resume_erasures.handler",
}
# Read by the logger itself; config.py reads all others.
LOGGING = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL"}


def variables(props: Json) -> set[str]:
    return set(props["Environment"]["Variables"])


def find(template: Template, name: str) -> Json:
    return next(props for logical_id, props in template.lambdas().items() if name in logical_id)


def test_the_lambdas_are_those_of_the_design(template: Template) -> None:
    assert {props["Handler"] for props in template.lambdas().values()} == set(HANDLERS.values())


@pytest.mark.parametrize("name", HANDLERS)
def test_handlers_exist_where_the_asset_has_them(name: str) -> None:
    module, _, attribute = HANDLERS[name].rpartition(".")
    root = ROOT / "functions" / ("api" if name == "APIHandler" else "")
    tree = ast.parse((root / f"{module.replace('.', '/')}.py").read_text())
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assigned = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert attribute in defined | assigned


def test_every_lambda_runs_the_python_its_bytecode_was_made_for(template: Template) -> None:
    for props in template.lambdas().values():
        assert props["Runtime"] == "python3.11"
        assert props["Architectures"] == ["x86_64"]


def test_every_lambda_has_the_shared_layer_and_one_has_pillow(template: Template) -> None:
    counts = {props["Handler"]: len(props["Layers"]) for props in template.lambdas().values()}
    finished = HANDLERS["PictureFinished"]
    assert counts == {handler: 2 if handler == finished else 1 for handler in HANDLERS.values()}


def test_the_api_is_told_everything_that_code_can_read(template: Template) -> None:
    expected = {field.name.upper() for field in fields(Settings)} | LOGGING
    # Where the web app is found may be known only once the API is there, and only mails tell it.
    assert variables(find(template, "APIHandler")) == expected - {"WEB_ORIGIN"}


def test_no_lambda_is_told_what_code_cannot_read(template: Template) -> None:
    known = {field.name.upper() for field in fields(Settings)} | LOGGING
    for props in template.lambdas().values():
        assert variables(props) <= known
        assert {"STAGE"} | LOGGING <= variables(props)


def test_only_the_api_and_the_rotation_know_where_the_signing_keys_are(template: Template) -> None:
    knowing = {
        props["Handler"]
        for props in template.lambdas().values()
        if "SIGNING_KEYS_SECRET" in variables(props)
    }
    assert knowing == {"app.app", HANDLERS["RotateSigningKeys"]}


def test_whoever_writes_the_model_server_can_add_up_its_cost(template: Template) -> None:
    needed = {"MODEL_MICRO_USD_PER_HOUR", "SERVICE_TIME_ZONE"}
    writers = {
        props["Handler"]: needed <= variables(props)
        for props in template.lambdas().values()
        for statement in template.statements(props["Role"]["Fn::GetAtt"][0])
        if "'DataModelServer" in str(statement["Resource"])
        and {"dynamodb:PutItem", "dynamodb:UpdateItem"} & set(statement["Action"])
    }
    dispatching = ("DispatchPictures", "PictureFinished", "DispatchWaiting", "ModelControl")
    assert writers == {HANDLERS[name]: True for name in dispatching}


def test_cookies_need_https_except_at_home(templates: dict[str, Template]) -> None:
    for stage, template in templates.items():
        values = find(template, "APIHandler")["Environment"]["Variables"]
        assert values["COOKIE_SECURE"] == ("false" if stage == "local" else "true")


def test_logs_are_forgotten_and_go_with_the_stack(template: Template) -> None:
    for resource in template.resources.values():
        if resource["Type"] == "AWS::Logs::LogGroup":
            assert resource["Properties"]["RetentionInDays"] in (7, 90)
            assert resource["DeletionPolicy"] == "Delete"


def test_every_lambda_writes_to_a_log_group_of_its_own(template: Template) -> None:
    groups = [props["LoggingConfig"]["LogGroup"]["Ref"] for props in template.lambdas().values()]
    assert len(set(groups)) == len(HANDLERS)
    assert set(groups) <= set(template.of_type("AWS::Logs::LogGroup"))
