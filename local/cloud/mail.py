"""Mail: what SES took is a file in the mailbox before the sender is told so.

ministack only remembers it, until it ends.
"""

import os
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTPUTF8
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from local.cloud import seams

_SENDING = "/v2/email/outbound-emails"
_REFUSAL = b'{"message": "The mail could not be stored.", "name": "InternalServiceErrorException"}'
# Readable in any editor: no line is broken, no letter encoded.
_READABLE = SMTPUTF8.clone(linesep="\n", max_line_length=0)


def install(mailbox: Path) -> None:
    """Keep every mail that SES takes from now on."""
    mailbox.mkdir(exist_ok=True)
    service = seams.module("services.ses_v2")
    sent = seams.module("services.ses")._sent_emails_list
    handle: seams.Handler = service.handle_request

    async def answer(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> seams.Response:
        response = await handle(method, path, headers, body, query)
        if (method, path) != ("POST", _SENDING) or response[0] >= 400:
            return response
        try:
            _keep(mailbox, sent()[-1])
        except OSError:
            return 503, {"Content-Type": "application/x-amz-json-1.1"}, _REFUSAL
        return response

    service.handle_request = answer


def _keep(mailbox: Path, sent: dict[str, Any]) -> None:
    moment = datetime.fromtimestamp(sent["Timestamp"], UTC)
    name = f"{moment:%Y%m%dT%H%M%S.%f}-{sent['MessageId'].partition('@')[0]}.eml"
    partial = mailbox / f"{name}.partial"
    with partial.open("wb") as file:
        file.write(_message(sent, moment).as_bytes())
        file.flush()
        os.fsync(file.fileno())
    partial.rename(mailbox / name)


def _message(sent: dict[str, Any], moment: datetime) -> EmailMessage:
    message = EmailMessage(policy=_READABLE)
    message["Date"] = format_datetime(moment)
    message["From"] = sent["Source"]
    message["To"] = ", ".join(sent["To"])
    message["Subject"] = sent["Subject"]
    message["Message-ID"] = f"<{sent['MessageId']}>"
    message.set_content(sent["BodyText"] or "", cte="8bit")
    if sent["BodyHtml"]:
        message.add_alternative(sent["BodyHtml"], subtype="html", cte="8bit")
    return message
