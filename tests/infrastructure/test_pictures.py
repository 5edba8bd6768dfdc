from __future__ import annotations

from infrastructure.synthesis import Template


def test_nobody_reaches_the_bucket_without_a_signature(template: Template) -> None:
    bucket = template.only("AWS::S3::Bucket", containing="Pictures")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    allowed = [
        statement
        for statement in template.only("AWS::S3::BucketPolicy", containing="Pictures")[
            "PolicyDocument"
        ]["Statement"]
        if statement["Effect"] == "Allow" and statement["Principal"] == {"AWS": "*"}
    ]
    assert allowed == []


def test_the_bucket_is_encrypted_and_refuses_plain_http(template: Template) -> None:
    encryption = template.only("AWS::S3::Bucket", containing="Pictures")["BucketEncryption"]
    rule = encryption["ServerSideEncryptionConfiguration"][0]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    statements = template.only("AWS::S3::BucketPolicy", containing="Pictures")["PolicyDocument"][
        "Statement"
    ]
    assert any(
        statement["Effect"] == "Deny"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for statement in statements
    )


def test_raw_model_output_and_exports_are_forgotten_and_pictures_are_not(
    template: Template,
) -> None:
    rules = template.only("AWS::S3::Bucket", containing="Pictures")["LifecycleConfiguration"][
        "Rules"
    ]
    expiring = {
        rule.get("Prefix"): rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule
    }
    assert expiring == {"async-output/": 7, "exports/": 7}


def test_browsers_may_read_signed_urls_and_write_nothing(template: Template) -> None:
    rules = template.only("AWS::S3::Bucket", containing="Pictures")["CorsConfiguration"][
        "CorsRules"
    ]
    assert [rule["AllowedMethods"] for rule in rules] == [["GET", "HEAD"]]


def test_a_picture_deleted_by_mistake_can_be_brought_back_in_prod_only(
    templates: dict[str, Template],
) -> None:
    versioned = {
        stage: "VersioningConfiguration" in template.only("AWS::S3::Bucket", containing="Pictures")
        for stage, template in templates.items()
    }
    assert versioned == {"local": False, "dev": False, "prod": True}
