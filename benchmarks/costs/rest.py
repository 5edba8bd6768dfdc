"""What a deployment costs that nobody uses: what the clock does, and what is there."""

from __future__ import annotations

from benchmarks.costs.assumptions import Assumptions
from benchmarks.costs.bill import Bill
from benchmarks.costs.deployment import HOURS, Clock, Deployment

_MINUTES = HOURS * 60
_BYTES = 1e9


def at_rest(deployment: Deployment, assumed: Assumptions) -> Bill:
    """Return the bill of a month without a visitor, the GPU asleep."""
    bill, rest = Bill(), assumed["rest"]
    _clocks(bill, deployment, assumed)
    polls = deployment.polled_queues * rest["polls_of_an_idle_queue"] * _MINUTES
    bill.add("queues and clock", "queue_request", polls)
    bill.add("watching", "alarm", deployment.alarms)
    bill.add("watching", "dashboard", deployment.dashboards)
    bill.add("watching", "metric", deployment.own_metrics * rest["hours_with_a_drift_a_day"] / 24)
    bill.add("secrets, mail, image", "secret", deployment.secrets)
    bill.add("S3", "object_gb", rest["assets_gigabytes"])
    if deployment.has_model:
        bill.add("secrets, mail, image", "image_gb", rest["image_gigabytes"])
    if deployment.firewall_rules is not None:
        bill.add("watching", "firewall", 1)
        bill.add("watching", "firewall_rule", deployment.firewall_rules)
    return bill


def _clocks(bill: Bill, deployment: Deployment, assumed: Assumptions) -> None:
    rest, runs = assumed["rest"], sum(clock.runs for clock in deployment.clocks)
    bill.add("queues and clock", "schedule_call", runs)
    for clock in deployment.clocks:
        bill.add("Lambda", "lambda_request", clock.runs)
        bill.add(
            "Lambda", "lambda_gb_second", clock.runs * clock.gigabytes * _seconds(clock, assumed)
        )
    # The clock of the model server waits for the one Lambda that may scale.
    asked = sum(clock.runs for clock in deployment.clocks if "TendModelServer" in clock.function)
    for name in deployment.called_by_clocks:
        seconds = assumed["lambda"]["milliseconds_of_a_short_run"] / 1000
        bill.add("Lambda", "lambda_request", asked)
        bill.add("Lambda", "lambda_gb_second", asked * deployment.memory[name] * seconds)
    runs += asked * len(deployment.called_by_clocks)
    bill.add("DynamoDB", "read_unit", runs * rest["reads_of_a_run"])
    bill.add("DynamoDB", "write_unit", runs * rest["writes_of_a_run"])
    add_logs(bill, deployment, assumed, runs)


def _seconds(clock: Clock, assumed: Assumptions) -> float:
    kind = "short" if clock.is_kept_warm else "cold"
    milliseconds: float = assumed["lambda"][f"milliseconds_of_a_{kind}_run"]
    return milliseconds / 1000


def add_logs(bill: Bill, deployment: Deployment, assumed: Assumptions, runs: float) -> None:
    """Add what a month's runs write, and what retention keeps of it, compressed."""
    taken = runs * assumed["lambda"]["log_bytes_of_a_run"] / _BYTES
    bill.add("watching", "log_gb", taken)
    kept = taken / assumed["lambda"]["log_compression"] * deployment.log_days / (HOURS / 24)
    bill.add("watching", "kept_log_gb", kept)
