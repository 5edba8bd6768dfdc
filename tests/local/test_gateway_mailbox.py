"""The page on which whoever runs a home reads its mails."""

from email.message import EmailMessage

import pytest

from local.gateway.http import HttpRequest
from local.gateway.mailbox import Mailbox

HERE = (("Host", "127.0.0.1:8000"),)


def get(mailbox: Mailbox, path: str = "/mailbox", method: str = "GET", headers=HERE):
    return mailbox.answer(HttpRequest(method, path, headers=headers))


def put(directory, name: str, subject: str, text: str) -> None:
    message = EmailMessage()
    message["To"], message["Subject"] = "mina@example.com", subject
    message["Date"] = "Wed, 25 Nov 2026 03:00:00 +0000"
    message.set_content(text)
    message.add_alternative("<p>not shown</p>", subtype="html")
    (directory / f"{name}.eml").write_bytes(message.as_bytes())


def test_newest_mail_is_first_and_its_link_can_be_followed(tmp_path):
    link = "http://127.0.0.1:8000/reset-password#token=u1.s-_"
    put(tmp_path, "1", "oldest", "text")
    put(tmp_path, "2", "비밀번호", f"여기:\n{link}\n끝 & <b>")
    page = get(Mailbox(tmp_path)).body.decode()

    assert page.index("비밀번호") < page.index("oldest")
    assert f'<a href="{link}">{link}</a>' in page
    assert "끝 &amp; &lt;b&gt;" in page
    assert "not shown" not in page


def test_link_leads_where_the_mail_says(tmp_path):
    put(tmp_path, "1", "subject", "https://diary.example/?a=1&b=2")
    assert '<a href="https://diary.example/?a=1&amp;b=2">' in get(Mailbox(tmp_path)).body.decode()


def test_empty_mailbox_says_so_even_before_the_folder_is_there(tmp_path):
    answer = get(Mailbox(tmp_path / "not yet"))
    assert answer.status == 200
    assert "No mail yet" in answer.body.decode()


def test_half_written_mail_is_not_shown(tmp_path):
    (tmp_path / "1.eml.partial").write_text("To: half")
    assert "No mail yet" in get(Mailbox(tmp_path)).body.decode()


def test_head_has_no_body(tmp_path):
    answer = get(Mailbox(tmp_path), method="HEAD")
    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize(
    ("path", "method"), [("/", "GET"), ("/mailbox/1", "GET"), ("/mailbox", "POST")]
)
def test_other_paths_and_methods_are_somebody_elses(tmp_path, path, method):
    assert get(Mailbox(tmp_path), path, method) is None


@pytest.mark.parametrize(
    "headers", [(), (("host", "evil.example"),), (("host", "127.0.0.1.evil"),)]
)
def test_page_is_for_this_machine_only(tmp_path, headers):
    assert get(Mailbox(tmp_path), headers=headers) is None
    assert get(Mailbox(tmp_path), headers=(("host", "localhost:8000"),)).status == 200
