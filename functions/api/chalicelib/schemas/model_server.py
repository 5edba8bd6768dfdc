from __future__ import annotations

from chalicelib.schemas.common import Timestamp, View, timestamp
from chalicelib.validation import Input
from deepstory.model_server.control import ModelReport
from deepstory.model_server.entities import Mode, State
from deepstory.model_server.schedule import Occurrence


class SetModelMode(Input):
    mode: Mode


class OccurrenceView(View):
    """One time that a window of the schedule is open."""

    starts_at: Timestamp
    ends_at: Timestamp


class CostView(View):
    """Dollars: of this month in the service's time zone, and for an hour.

    ``month_usd`` is what ran while the server was watched, ``unobserved_usd`` what may have run
    besides while nobody looked. ``idle_usd_per_hour`` is what runs now although nothing has to
    be drawn. At home nothing is billed: the same is told as in the cloud.
    """

    month: str
    month_usd: float
    unobserved_usd: float
    instance_hours: float
    unobserved_hours: float
    last_month_usd: float
    usd_per_hour: float
    idle_usd_per_hour: float
    instance_type: str
    instance_usd_per_hour: float
    currency: str


class ModelServerView(View, omit_defaults=True, kw_only=True):
    """``eta_seconds`` is that of a picture asked for now; absent while nobody knows.

    ``effective_mode`` differs from ``mode`` while a window of the schedule, ``window``, is open.
    """

    mode: Mode
    effective_mode: Mode
    window: OccurrenceView | None = None
    state: State
    instances: int
    queue_length: int
    oldest_wait_seconds: int
    eta_seconds: int | None = None
    cost: CostView


def model_server_view(report: ModelReport) -> ModelServerView:
    cost = report.cost
    return ModelServerView(
        mode=report.mode,
        effective_mode=report.effective_mode,
        window=occurrence_view(report.window),
        state=report.state,
        instances=report.instances,
        queue_length=report.queue_length,
        oldest_wait_seconds=report.oldest_wait_seconds,
        eta_seconds=report.eta_seconds,
        cost=CostView(
            month=cost.month,
            month_usd=cost.month_usd,
            unobserved_usd=cost.unobserved_usd,
            instance_hours=cost.instance_hours,
            unobserved_hours=cost.unobserved_hours,
            last_month_usd=cost.last_month_usd,
            usd_per_hour=cost.usd_per_hour,
            idle_usd_per_hour=cost.idle_usd_per_hour,
            instance_type=cost.instance_type,
            instance_usd_per_hour=cost.instance_usd_per_hour,
            currency=cost.currency,
        ),
    )


def occurrence_view(occurrence: Occurrence | None) -> OccurrenceView | None:
    if occurrence is None:
        return None
    return OccurrenceView(
        starts_at=timestamp(occurrence.starts_at), ends_at=timestamp(occurrence.ends_at)
    )
