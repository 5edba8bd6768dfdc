"""References to secrets in stacks are ARNs, as policies name them."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from support.cloud import Cloud


def test_reference_to_a_secret_is_what_policies_name(cloud: Cloud) -> None:
    stacks = cloud.client("cloudformation")
    secret = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Description": "first"}}
    template = {"Resources": {"Key": secret}, "Outputs": {"Arn": {"Value": {"Ref": "Key"}}}}
    stacks.create_stack(StackName="secrets", TemplateBody=json.dumps(template))
    stacks.get_waiter("stack_create_complete").wait(StackName="secrets")
    (output,) = stacks.describe_stacks(StackName="secrets")["Stacks"][0]["Outputs"]
    arn = output["OutputValue"]
    secrets = cloud.client("secretsmanager")
    assert secrets.describe_secret(SecretId=arn)["ARN"] == arn

    secret["Properties"] = {"Description": "second"}
    stacks.update_stack(StackName="secrets", TemplateBody=json.dumps(template))
    stacks.get_waiter("stack_update_complete").wait(StackName="secrets")
    changed = secrets.describe_secret(SecretId=arn)
    assert (changed["ARN"], changed["Description"]) == (arn, "second")

    stacks.delete_stack(StackName="secrets")
    stacks.get_waiter("stack_delete_complete").wait(StackName="secrets")
    with pytest.raises(ClientError, match="ResourceNotFound"):
        secrets.describe_secret(SecretId=arn)


def test_stack_of_an_earlier_cloud_comes_to_refer_to_the_secret_by_arn(own_cloud: Cloud) -> None:
    secret = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "key"}}
    template: dict[str, Any] = {"Resources": {"Key": secret}}
    stacks = own_cloud.client("cloudformation")
    stacks.create_stack(StackName="earlier", TemplateBody=json.dumps(template))
    stacks.get_waiter("stack_create_complete").wait(StackName="earlier")
    arn = own_cloud.client("secretsmanager").describe_secret(SecretId="key")["ARN"]
    assert own_cloud.stop() == 0
    state = own_cloud.data_dir / "state" / "cloudformation.json"
    by_arn = f'"PhysicalResourceId": "{arn}"'
    assert by_arn in state.read_text()
    state.write_text(state.read_text().replace(by_arn, '"PhysicalResourceId": "key"'))
    own_cloud.start()

    template["Outputs"] = {"Arn": {"Value": {"Ref": "Key"}}}
    stacks = own_cloud.client("cloudformation")
    stacks.update_stack(StackName="earlier", TemplateBody=json.dumps(template))
    stacks.get_waiter("stack_update_complete").wait(StackName="earlier")
    (output,) = stacks.describe_stacks(StackName="earlier")["Stacks"][0]["Outputs"]
    assert output["OutputValue"] == arn
