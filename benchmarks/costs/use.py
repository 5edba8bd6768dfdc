"""What people's use costs: requests, capacity units, bytes and workers, for a number of users."""

from __future__ import annotations

import math

from benchmarks.costs.assumptions import (
    Assumptions,
    active_days,
    pictures_in_a_day,
    posts_in_a_day,
)
from benchmarks.costs.bill import Bill
from benchmarks.costs.deployment import Deployment
from benchmarks.costs.measured import Measured, Operation
from benchmarks.costs.rest import add_logs

_GB = 1e9


class Use:
    """What one user does in a month, as amounts; everything here grows with their number."""

    def __init__(self, deployment: Deployment, assumed: Assumptions, measured: Measured) -> None:
        self._deployment, self._assumed, self._measured = deployment, assumed, measured
        self._writing, self._workers = assumed["writing"], assumed["workers"]
        self.days = active_days(assumed)
        self.posts = posts_in_a_day(assumed) * self.days
        self.public_posts: float = self.posts * self._writing["public_share"]
        self.pictures: float = pictures_in_a_day(assumed) * self.days
        self.asks = self.pictures / self._writing["pictures_in_an_ask"]
        self.likes: float = assumed["day"]["like"] * self.days
        self.comments: float = self._writing["comments_in_a_day"] * self.days

    def operations(self) -> list[tuple[Operation, float]]:
        """Return each measured operation with how often it is called in a month."""
        known, people = self._measured.operations, self._assumed["people"]
        counted = [(known[name], times * self.days) for name, times in self._assumed["day"].items()]
        # A comment reads and writes as a like does, and sign-ups and log-ins are by the month.
        counted.append((known["like"], self.comments))
        counted.append((known["sign up"], people["new_in_a_month"]))
        counted.append((known["log in"], people["log_ins_in_a_month"]))
        return counted

    @property
    def requests(self) -> float:
        return math.fsum(times for _, times in self.operations())

    @property
    def api_seconds(self) -> float:
        """Return how long the API's Lambda works for one user in a month."""
        each = self._assumed["lambda"]
        core = min(1.0, self._deployment.gigabytes("APIHandler") / each["gigabytes_of_a_core"])
        cold = self._measured.cold_import_milliseconds / core * each["cold_share"]
        seconds: float = math.fsum(
            times
            * (each["milliseconds_of_own"] + cold + one.calls * each["milliseconds_of_an_aws_call"])
            / 1000
            for one, times in self.operations()
        )
        return seconds

    @property
    def post_table_reads(self) -> float:
        """Return read units, which nearly all are of posts in lists."""
        return math.fsum(one.read_units * times for one, times in self.operations())

    @property
    def posting_writes(self) -> float:
        terms: float = self._writing["terms_of_a_post"]
        return self.public_posts * terms

    @property
    def picture_writes(self) -> float:
        drawn: float = self._workers["units_of_a_drawn_picture"]
        return self.pictures * drawn

    @property
    def worker_batches(self) -> float:
        """Return how often workers are called: each record is read by about two of them."""
        records = 2 * (self.posts + self.likes + self.comments + self.pictures)
        batch: float = self._workers["records_in_a_batch"]
        return records / batch

    def bill(self, users: float) -> Bill:
        """Return the bill of a month for so many users, without GPU and without rest."""
        bill = Bill()
        self._serve(bill, users)
        self._follow(bill, users)
        self._store(bill, users)
        self._send(bill, users)
        bill.add("watching", "metric", self._deployment.method_metrics)
        return bill

    def _serve(self, bill: Bill, users: float) -> None:
        requests = self.requests * users
        bill.add("API Gateway", "api_request", requests)
        bill.add("Lambda", "lambda_request", requests)
        memory = self._deployment.gigabytes("APIHandler")
        bill.add("Lambda", "lambda_gb_second", self.api_seconds * users * memory)
        bill.add("DynamoDB", "read_unit", self.post_table_reads * users)
        writes = sum(one.write_units * times for one, times in self.operations())
        bill.add("DynamoDB", "write_unit", writes * users)
        # The gateway's access log is one more line.
        add_logs(bill, self._deployment, self._assumed, 1.5 * requests)

    def _follow(self, bill: Bill, users: float) -> None:
        work, batches = self._workers, self.worker_batches * users
        pictures = self.pictures * users
        bill.add("Lambda", "lambda_request", batches + pictures)
        seconds = batches * work["milliseconds_of_a_batch"] / 1000
        bill.add("Lambda", "lambda_gb_second", seconds * self._deployment.gigabytes("LikeCounts"))
        seconds = pictures * work["milliseconds_of_a_picture"] / 1000
        memory = self._deployment.gigabytes("PictureFinished")
        bill.add("Lambda", "lambda_gb_second", seconds * memory)
        add_logs(bill, self._deployment, self._assumed, batches + pictures)
        indexed = self.public_posts * work["units_of_an_indexed_post"] + self.posting_writes
        counted = (self.likes + self.comments) * work["units_of_a_like_count"]
        told = (self.likes + self.comments + self.pictures) * work["units_of_a_notice"]
        writes = indexed + counted + told + self.picture_writes
        bill.add("DynamoDB", "write_unit", writes * users)
        records = batches * work["records_in_a_batch"]
        bill.add("DynamoDB", "read_unit", records * work["reads_of_a_record"])
        bill.add("queues and clock", "topic_publish", pictures)

    def _store(self, bill: Bill, users: float) -> None:
        people, writing = self._assumed["people"], self._writing
        kept = people["kept_months"] * users
        rows = self.posts * writing["post_bytes"] + self.pictures * writing["picture_item_bytes"]
        rows += self.public_posts * writing["terms_of_a_post"] * writing["posting_bytes"]
        rows += (self.likes + self.comments) * 400
        gigabytes = rows * kept / _GB
        bill.add("DynamoDB", "table_gb", gigabytes)
        share = self._deployment.recoverable_tables / self._deployment.tables
        bill.add("DynamoDB", "recovery_gb", gigabytes * share)
        objects = writing["png_bytes"] + writing["thumbnail_bytes"]
        bill.add("S3", "object_gb", self.pictures * objects * kept / _GB)
        # The model's answer, the picture, its thumbnail.
        bill.add("S3", "object_write", 3 * self.pictures * users)

    def _send(self, bill: Bill, users: float) -> None:
        writing, day = self._writing, self._assumed["day"]
        lists = sum(times for name, times in day.items() if " posts" in name) * self.days
        thumbnails = (lists + day["list pictures"] * self.days) * writing["thumbnails_in_a_list"]
        seen = day["read a post"] * self.days * writing["pictures_seen_in_a_post"]
        bill.add("S3", "object_read", (thumbnails + seen) * users)
        pictures = thumbnails * writing["thumbnail_bytes"] + seen * writing["png_bytes"]
        bill.add("traffic", "traffic_gb", pictures * users / _GB)
        own = self.requests * writing["answer_bytes"] + writing["web_app_bytes"]
        if self._deployment.has_edge:
            bill.add("traffic", "edge_request", self.requests * users)
            bill.add("traffic", "edge_gb", own * users / _GB)
        else:
            bill.add("traffic", "traffic_gb", own * users / _GB)
        if self._deployment.firewall_rules is not None:
            bill.add("watching", "firewall_request", self.requests * users)
        mails = self._assumed["people"]["mails_in_a_month"] * users
        bill.add("secrets, mail, image", "mail", mails)
