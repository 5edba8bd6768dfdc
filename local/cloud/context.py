"""What every part of the embedded cloud may know about the process it lives in."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CloudContext:
    """The one cloud of this process: where it keeps data and how it is reached."""

    data_dir: Path
    endpoint_url: str
    account_id: str = "000000000000"
    region: str = "us-east-1"
