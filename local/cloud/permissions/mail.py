"""Permission to send mail: from which address, as a policy for SES names it."""

import json
from email.utils import parseaddr
from typing import Any

from local.cloud import seams

_ACTION = "ses:SendEmail"
_SENDING = "/v2/email/outbound-emails"


def install() -> None:
    """Check sending by its sender; ministack checks it on everything, and without a sender."""
    application = seams.module("app")
    check = application._enforce_ses_v2

    def check_sender(
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query: dict[str, Any],
        request_id: str,
    ) -> Any:
        if (method, path) != ("POST", _SENDING):
            return check(method, path, headers, body, query, request_id)
        identity, conditions = sender_of(body)
        scope = seams.module("core.responses")
        identity = f"arn:aws:ses:{scope.get_region()}:{scope.get_account_id()}:{identity}"
        return application._enforce_data_plane(
            "sesv2",
            _ACTION,
            headers,
            query,
            request_id,
            resource_arn=identity,
            service_context=conditions,
            named_resource=identity,
        )

    application._enforce_ses_v2 = check_sender


def sender_of(body: bytes) -> tuple[str, dict[str, str]]:
    """Return the identity that a mail is sent with, and the condition keys of its sender."""
    _, address = parseaddr(str(json.loads(body or b"{}").get("FromEmailAddress", "")))
    return f"identity/{address}", {"ses:FromAddress": address}
