"""Mails that SES took are files, whole, before the sender is told so."""

from email import message_from_bytes
from email.policy import default

import pytest
from botocore.exceptions import ClientError

from support.cloud import Cloud

SENDER = "no-reply@deepstory.local"


def send(cloud: Cloud, subject: str = "제목", sender: str = SENDER) -> str:
    return cloud.client("sesv2").send_email(
        FromEmailAddress=f"Deep-Story <{sender}>",
        Destination={"ToAddresses": ["mina@example.com"]},
        Content={
            "Simple": {
                "Subject": {"Data": subject},
                "Body": {
                    "Text": {"Data": "안녕하세요.\nhttps://diary.example/#token=1\n"},
                    "Html": {"Data": "<p>안녕하세요.</p>"},
                },
            }
        },
    )["MessageId"]


def mails(cloud: Cloud):
    paths = sorted((cloud.data_dir / "mailbox").iterdir())
    assert all(path.suffix == ".eml" for path in paths)
    return [path.read_bytes() for path in paths]


@pytest.fixture
def post_office(own_cloud):
    # By the older interface, whose changes are saved at once; the stack's are with its deployment.
    own_cloud.client("ses").verify_email_identity(EmailAddress=SENDER)
    return own_cloud


def test_mail_is_there_in_every_form_and_can_be_read_in_an_editor(post_office):
    message_id = send(post_office)
    [content] = mails(post_office)

    message = message_from_bytes(content, policy=default)
    assert message["To"] == "mina@example.com"
    assert message["From"] == f"Deep-Story <{SENDER}>"
    assert message["Subject"] == "제목"
    assert message["Message-ID"] == f"<{message_id}>"
    assert "#token=1" in message.get_body(("plain",)).get_content()
    assert "<p>안녕하세요.</p>" in message.get_body(("html",)).get_content()
    assert "안녕하세요.\nhttps://diary.example/#token=1\n" in content.decode()


def test_mails_are_kept_in_their_order_and_survive_a_power_cut(post_office):
    for number in range(3):
        send(post_office, f"mail {number}")
    post_office.kill()
    post_office.start()
    send(post_office, "mail 3")

    subjects = [message_from_bytes(each, policy=default)["Subject"] for each in mails(post_office)]
    assert subjects == [f"mail {number}" for number in range(4)]


def test_mail_that_ses_refuses_is_in_no_mailbox(post_office):
    with pytest.raises(ClientError, match="not verified"):
        send(post_office, sender="somebody@else.example")
    assert mails(post_office) == []


def test_mail_that_cannot_be_kept_is_not_taken(post_office):
    mailbox = post_office.data_dir / "mailbox"
    mailbox.rmdir()
    with pytest.raises(ClientError) as failure:
        send(post_office)
    assert failure.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    mailbox.mkdir()
    send(post_office)
    assert len(mails(post_office)) == 1
