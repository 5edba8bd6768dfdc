from __future__ import annotations

import json

from infrastructure.synthesis import Json, Template

ANSWERS = {
    "MISSING_AUTHENTICATION_TOKEN": ("404", "not_found"),
    "RESOURCE_NOT_FOUND": ("404", "not_found"),
    "REQUEST_TOO_LARGE": ("413", "payload_too_large"),
    "BAD_REQUEST_BODY": ("400", "bad_request"),
    "UNSUPPORTED_MEDIA_TYPE": ("415", "unsupported_media_type"),
    "THROTTLED": ("429", "too_many_requests"),
    "QUOTA_EXCEEDED": ("429", "too_many_requests"),
    "INTEGRATION_TIMEOUT": ("503", "unavailable"),
    "INTEGRATION_FAILURE": ("503", "unavailable"),
    "DEFAULT_4XX": (None, "bad_request"),
    "DEFAULT_5XX": (None, "internal_error"),
}


def definition(template: Template) -> Json:
    body: Json = template.only("AWS::Serverless::Api")["DefinitionBody"]
    return body


def responses(template: Template) -> dict[str, Json]:
    found: dict[str, Json] = definition(template)["x-amazon-apigateway-gateway-responses"]
    return found


def test_what_the_gateway_answers_itself_has_the_contract_s_statuses(template: Template) -> None:
    given = responses(template)
    for name, (status, code) in ANSWERS.items():
        error = json.loads(given[name]["responseTemplates"]["application/json"])["error"]
        assert (given[name].get("statusCode"), error["code"]) == (status, code)


def test_what_the_gateway_answers_itself_has_the_contract_s_error_shape(prod: Template) -> None:
    for response in responses(prod).values():
        body = json.loads(response["responseTemplates"]["application/json"])
        assert set(body) == {"error"}
        assert set(body["error"]) == {"code", "message", "request_id"}
        assert body["error"]["request_id"] == "$context.requestId"


def test_browsers_of_any_origin_may_read_what_the_gateway_answers(prod: Template) -> None:
    for response in responses(prod).values():
        headers = response["responseParameters"]
        assert headers["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"


def test_who_is_throttled_is_told_when_to_come_back(prod: Template) -> None:
    for name in ("THROTTLED", "QUOTA_EXCEEDED"):
        headers = responses(prod)[name]["responseParameters"]
        assert headers["gatewayresponse.header.Retry-After"].strip("'").isdecimal()


def test_the_stage_is_named_api_and_is_the_only_one(template: Template) -> None:
    api = template.only("AWS::Serverless::Api")
    assert api["StageName"] == "api"
    # Otherwise SAM adds a stage called "Stage".
    assert api["OpenApiVersion"] == "2.0"


def test_the_api_is_throttled_and_logs_who_was_answered_what(template: Template) -> None:
    api = template.only("AWS::Serverless::Api")
    (settings,) = api["MethodSettings"]
    assert (settings["ResourcePath"], settings["HttpMethod"]) == ("/*", "*")
    assert settings["ThrottlingRateLimit"] > 0
    assert settings["ThrottlingBurstLimit"] > 0
    assert settings["DataTraceEnabled"] is False
    logged = json.loads(api["AccessLogSetting"]["Format"])
    assert {"request_id", "status", "route"} <= set(logged)


def test_the_gateway_may_log_before_the_api_is_made(template: Template) -> None:
    api = next(
        resource
        for resource in template.resources.values()
        if resource["Type"] == "AWS::Serverless::Api"
    )
    (account,) = template.of_type("AWS::ApiGateway::Account")
    assert account in api["DependsOn"]


def test_routes_lie_under_the_version_of_the_contract(template: Template) -> None:
    paths = definition(template)["paths"]
    assert "/v1/health" in paths
    assert all(path.startswith("/v1/") for path in paths)


def test_the_deployment_tells_where_the_api_is(template: Template) -> None:
    outputs = template.content["Outputs"]
    assert {"ApiUrl", "ApiFunctionName"} <= set(outputs)
    assert outputs["ApiUrl"]["Value"]["Fn::Join"][1][-1].endswith("/api")
    assert outputs["ApiFunctionName"]["Value"] == {"Ref": "APIHandler"}


def test_hops_are_believed_only_with_a_key_that_no_template_holds(
    templates: dict[str, Template],
) -> None:
    found = {
        stage: next(
            props["Environment"]["Variables"]
            for props in template.lambdas().values()
            if props["Handler"] == "app.app"
        )
        for stage, template in templates.items()
    }
    assert {stage: each["TRUSTED_HOPS"] for stage, each in found.items()} == {
        "local": "0",
        "dev": "0",
        "prod": "1",
    }
    assert found["local"]["ORIGIN_KEY"] == found["dev"]["ORIGIN_KEY"] == ""
    assert "resolve:secretsmanager" in json.dumps(found["prod"]["ORIGIN_KEY"])
