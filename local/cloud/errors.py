"""Reasons for which the embedded cloud refuses to start, each one line and one exit status."""

from typing import ClassVar


class CloudError(Exception):
    """Refusal to start; the message says what to do and nothing on disk was changed."""

    exit_status: ClassVar[int] = 1


class DataDirInUseError(CloudError):
    """Another cloud holds this data directory."""

    exit_status = 3


class DamagedDataError(CloudError):
    """Stored data can't be read back; starting would lose it."""

    exit_status = 4


class PortInUseError(CloudError):
    """Somebody else listens on the wanted port."""

    exit_status = 5


class UnsupportedCloudError(CloudError):
    """The installed ministack is not the one whose seams are known."""

    exit_status = 6


class NoSpaceError(CloudError):
    """The data directory can't be written."""

    exit_status = 7
