class RequestError(Exception):
    """An answer other than a picture. 4xx is the caller's fault, 5xx is worth a retry."""

    def __init__(
        self, status: int, code: str, message: str, *, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after


def invalid(message: str) -> RequestError:
    return RequestError(422, "invalid_value", message)


def unavailable(code: str, message: str, retry_after: int = 5) -> RequestError:
    return RequestError(503, code, message, retry_after=retry_after)
