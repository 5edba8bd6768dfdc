"""Who may reach secret diaries, and how much of them."""

from __future__ import annotations

from infrastructure.roles import as_list, own_roles, role
from infrastructure.synthesis import Json, Template


def test_secret_diaries_are_written_by_the_api_counted_by_workers_and_erased_by_one(
    template: Template,
) -> None:
    editing = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
    writing = {*editing, "dynamodb:BatchWriteItem"}
    writers = {
        (table, name): set(as_list(statement["Action"])) & writing
        for name in own_roles(template)
        for statement in template.statements(name)
        for table in ("Friendships", "SecretDiaries", "SecretEntries")
        if f"'Data{table}" in str(statement["Resource"])
        and writing & set(as_list(statement["Action"]))
    }
    api, erasures = role(template, "app.app"), role(template, "workers.erasures")
    assert writers == {
        ("Friendships", api): {"dynamodb:PutItem", "dynamodb:DeleteItem"},
        ("SecretDiaries", api): {"dynamodb:PutItem", "dynamodb:UpdateItem"},
        ("SecretEntries", api): editing,
        ("Friendships", erasures): {"dynamodb:DeleteItem"},
        ("SecretDiaries", erasures): {"dynamodb:UpdateItem", "dynamodb:DeleteItem"},
        ("SecretEntries", erasures): {"dynamodb:BatchWriteItem"},
        ("SecretEntries", role(template, "like_counts")): {"dynamodb:UpdateItem"},
        ("SecretEntries", role(template, "comment_counts")): {"dynamodb:UpdateItem"},
        ("SecretEntries", role(template, "verify_counts")): {"dynamodb:UpdateItem"},
    }


def reading(template: Template) -> dict[str, list[Json]]:
    """Return by role the statements that let it read many secret entries at once."""
    many = {"dynamodb:Query", "dynamodb:Scan", "dynamodb:BatchGetItem"}
    found: dict[str, list[Json]] = {}
    for name in own_roles(template):
        for statement in template.statements(name):
            about_entries = "'DataSecretEntries" in str(statement["Resource"])
            if about_entries and many & set(as_list(statement["Action"])):
                found.setdefault(name, []).append(statement)
    return found


def test_who_reads_secret_entries_sees_only_an_authors_own_or_counts(template: Template) -> None:
    """A diary's own partition is queried by the API alone."""
    readers = reading(template)
    api, exports, erasures, verifying = (
        role(template, handler)
        for handler in ("app.app", "workers.exports", "workers.erasures", "verify_counts")
    )
    assert set(readers) == {api, exports, erasures, verifying}
    for name in (exports, erasures):
        for statement in readers[name]:
            if "dynamodb:Query" in as_list(statement["Action"]):
                assert "/index/by_author" in str(statement["Resource"])
    (scanning,) = readers[verifying]
    condition = scanning["Condition"]
    seen = condition["ForAllValues:StringEquals"]["dynamodb:Attributes"]
    assert {"title", "text", "author_id"} & set(seen) == set()
    assert condition["StringEqualsIfExists"] == {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}
