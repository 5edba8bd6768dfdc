class OperationError(Exception):
    """Expected failures of publishing and probing; the message is for the operator."""


class UnsafeFolderError(OperationError):
    """The folder holds what is never served: pickles, code, unknown or damaged files."""


class SettingsError(OperationError):
    """The model's settings can't be used."""


class UploadError(OperationError):
    """The weights could not be brought to S3; running it again goes on where it broke off."""


class RollError(OperationError):
    """The endpoint could not be changed, and still has its former configuration."""


class StartFailedError(RollError):
    """The new model did not start, and the endpoint has its former configuration again."""


class ProbeError(OperationError):
    """A test picture did not come."""
