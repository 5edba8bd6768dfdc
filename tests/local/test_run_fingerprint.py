"""When a stack has to be deployed again."""

import pytest

from local import fingerprint


@pytest.fixture
def repository(tmp_path):
    for name in ("cdk/app.py", "functions/api/app.py", "cdk.json", "README.md"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("before")
    return tmp_path


@pytest.mark.parametrize("name", ["cdk/app.py", "functions/api/app.py", "cdk.json"])
def test_changed_source_changes_the_fingerprint(repository, name):
    before = fingerprint.of(repository)
    (repository / name).write_text("after")
    assert fingerprint.of(repository) != before


def test_new_renamed_or_relinked_source_changes_the_fingerprint(repository):
    seen = {fingerprint.of(repository)}
    link = repository / "functions" / "vendor"
    link.symlink_to("a")
    seen.add(fingerprint.of(repository))
    link.unlink()
    link.symlink_to("b")
    seen.add(fingerprint.of(repository))
    (repository / "cdk" / "app.py").rename(repository / "cdk" / "main.py")
    seen.add(fingerprint.of(repository))
    assert len(seen) == 4


@pytest.mark.parametrize(
    "name",
    ["cdk/node_modules/x.js", "functions/__pycache__/x.pyc", "README.md", "model/inference.py"],
)
def test_what_is_not_deployed_does_not_count(repository, name):
    before = fingerprint.of(repository)
    path = repository / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("after")
    assert fingerprint.of(repository) == before


def test_context_counts(repository):
    assert fingerprint.of(repository, also=["a"]) != fingerprint.of(repository, also=["b"])
