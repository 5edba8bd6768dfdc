"""What a stack uploads into a bucket, and alarms on formulas."""

import io
import json
import zipfile

from support.cloud import Cloud
from support.functions import wait_for


def packed(**files: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        for name, content in files.items():
            target.writestr(name.replace("__", "/").replace("_", "."), content)
    return archive.getvalue()


def upload(key: str, **options: object) -> dict[str, object]:
    properties = {
        "ServiceToken": "arn:any",
        "SourceBucketNames": ["sources"],
        "SourceObjectKeys": [key],
        "DestinationBucketName": "site",
        "SystemMetadata": {"cache-control": "no-cache"},
    }
    return {"Type": "Custom::CDKBucketDeployment", "Properties": properties | options}


def test_stack_brings_its_files_and_removes_what_it_no_longer_has(
    cloud: Cloud, account: str
) -> None:
    storage, stacks = cloud.client("s3", account), cloud.client("cloudformation", account)
    for bucket in ("sources", "site"):
        storage.create_bucket(Bucket=bucket)
    first = packed(index_html="<p>", old_txt="old", assets__a_js="1")
    storage.put_object(Bucket="sources", Key="first.zip", Body=first)
    storage.put_object(Bucket="sources", Key="next.zip", Body=packed(index_html="<b>"))

    def held() -> set[str]:
        listed = storage.list_objects_v2(Bucket="site").get("Contents", [])
        return {each["Key"] for each in listed}

    def template(key: str) -> str:
        hashed = upload(key, Exclude=["*"], Include=["assets/*"], Prune="false")
        return json.dumps(
            {"Resources": {"Hashed": hashed, "Page": upload(key, Exclude=["assets/*"])}}
        )

    stacks.create_stack(StackName="site", TemplateBody=template("first.zip"))
    wait_for(lambda: held() == {"index.html", "old.txt", "assets/a.js"}, "the files")
    page = storage.get_object(Bucket="site", Key="index.html")
    assert (page["ContentType"], page["CacheControl"]) == ("text/html", "no-cache")

    stacks.update_stack(StackName="site", TemplateBody=template("next.zip"))
    wait_for(lambda: held() == {"index.html", "assets/a.js"}, "what is left")
    assert storage.get_object(Bucket="site", Key="index.html")["Body"].read() == b"<b>"


def test_alarm_on_a_formula_is_kept_without_data(cloud: Cloud, account: str) -> None:
    stacks, watching = cloud.client("cloudformation", account), cloud.client("cloudwatch", account)
    alarm = {
        "AlarmName": "idle",
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1,
        "EvaluationPeriods": 1,
        "Metrics": [{"Id": "all", "Expression": "1 + 1"}],
    }
    template = {"Resources": {"Idle": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm}}}
    stacks.create_stack(StackName="watching", TemplateBody=json.dumps(template))

    def found() -> list[str]:
        return [each["StateValue"] for each in watching.describe_alarms()["MetricAlarms"]]

    wait_for(lambda: found() == ["INSUFFICIENT_DATA"], "the alarm")
