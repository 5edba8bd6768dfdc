"""Draw test pictures through a live endpoint and report times and cost.

python -m model.probe --endpoint NAME [--pictures 20] [--price 1.13 | --prices FILE] [--json]
"""

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from model.operations import aws, report
from model.operations.endpoint import Endpoint, instances
from model.operations.errors import OperationError, ProbeError
from model.operations.probing import Probe, Waits
from model.operations.report import Report


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        found = probe(
            options, aws.client("sagemaker"), aws.client("sagemaker-runtime"), aws.client("s3")
        )
    except (OperationError, BotoCoreError, ClientError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    print(found.json() if options.json else found.text())
    return 0


def probe(options: argparse.Namespace, sagemaker: Any, runtime: Any, s3: Any) -> Report:
    """Wake a sleeping server with one picture, then measure pictures on the running one.

    A server that is switched off is not woken: its first picture does not come.
    """
    endpoint = Endpoint(sagemaker, options.endpoint, patience=options.patience)
    before = endpoint.describe()
    price = _price(options, sagemaker, before["EndpointConfigName"])
    waits = Waits(options.patience, options.poll_seconds)
    draw = Probe(runtime, s3, options.endpoint, waits).draw
    first = draw(0)
    cold = first if instances(before)[0] == 0 else None
    began = time.monotonic()
    with ThreadPoolExecutor(options.at_once) as pool:
        times = list(pool.map(draw, range(1, options.pictures + 1)))
    elapsed = time.monotonic() - began
    running = max(1, instances(endpoint.describe())[0])
    return report.make(options.endpoint, times, elapsed, cold, running, price)


def _price(options: argparse.Namespace, sagemaker: Any, config_name: str) -> Decimal | None:
    if options.price is not None:
        return Decimal(options.price)
    if options.prices is None:
        return None
    config = sagemaker.describe_endpoint_config(EndpointConfigName=config_name)
    (variant,) = config["ProductionVariants"]
    if "InstanceType" not in variant:
        raise ProbeError("the endpoint has several instance types: give the price with --price")
    return report.price_of(variant["InstanceType"], options.prices)


def _decimal(text: str) -> Decimal:
    try:
        price = Decimal(text)
    except InvalidOperation:
        price = Decimal(-1)
    if not price.is_finite() or price < 0:
        raise argparse.ArgumentTypeError("must be dollars an hour")
    return price


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("must be a whole number of at least 1")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m model.probe")
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--pictures", type=_count, default=20)
    parser.add_argument("--at-once", type=_count, default=1, help="requests on their way (1)")
    parser.add_argument("--price", type=_decimal, help="dollars for an instance hour")
    parser.add_argument("--prices", type=Path, help="JSON object: instance type to dollars")
    parser.add_argument("--patience", type=float, default=1200, help="seconds for one picture")
    parser.add_argument("--poll-seconds", type=float, default=0.5)
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
