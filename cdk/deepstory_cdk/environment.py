"""The environment variables of the Lambdas: the names that functions/deepstory/config.py reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deepstory_cdk import model_endpoint

if TYPE_CHECKING:
    from deepstory_cdk.data import Data
    from deepstory_cdk.model_endpoint import ModelEndpoint
    from deepstory_cdk.origin import OriginKey
    from deepstory_cdk.pictures import Pictures
    from deepstory_cdk.queues import Queues
    from deepstory_cdk.stage import Stage


class Environment:
    """All variables of a deployment, given out by name so that each Lambda gets what it needs."""

    def __init__(
        self,
        *,
        stage: Stage,
        data: Data,
        pictures: Pictures,
        model: ModelEndpoint,
        origin_key: OriginKey | None,
        queues: Queues,
    ) -> None:
        self._stage = stage
        self._values = {
            **{f"{name.upper()}_TABLE": table.table_name for name, table in data.tables.items()},
            **{f"{name.upper()}_QUEUE": each.queue_url for name, each in queues.queues.items()},
            "PICTURES_BUCKET": pictures.bucket.bucket_name,
            "SIGNING_KEYS_SECRET": data.signing_keys.secret_arn,
            "MODEL_ENDPOINT": model.name,
            "MODEL_VARIANT": model_endpoint.VARIANT,
            "MODEL_MAX_INSTANCES": str(stage.model_max_instances),
            "MODEL_CONCURRENCY": str(stage.model_concurrency),
            "MODEL_COLD_START_SECONDS": str(stage.model_cold_start_seconds),
            "MODEL_DRAWING_SECONDS": str(stage.model_drawing_seconds),
            "MODEL_INSTANCE_TYPE": stage.model_instance_type,
            "MODEL_MICRO_USD_PER_HOUR": str(stage.model_micro_usd_per_hour),
            "MODEL_IDLE_MINUTES": str(stage.model_idle_minutes),
            "MODEL_PROMPT_LANGUAGES": stage.model_prompt_languages,
            "PICTURES_PER_DAY": str(stage.pictures_per_day),
            "SERVICE_TIME_ZONE": stage.service_time_zone,
            "ERASURE_SETTLING_SECONDS": str(stage.erasure_settling_seconds),
            "MAIL_FROM": stage.mail_from,
            "COOKIE_SECURE": "false" if stage.is_local else "true",
            "RATE_LIMIT_SCALE": str(stage.rate_limit_scale),
            "TRUSTED_HOPS": str(stage.trusted_hops),
            "ORIGIN_KEY": origin_key.value if origin_key else "",
        }

    def everything(self, *, service: str) -> dict[str, str]:
        """Return all variables, for the API."""
        return self.only(*self._values, service=service)

    def only(self, *names: str, service: str) -> dict[str, str]:
        """Return the named variables and those that every Lambda has."""
        return {
            "STAGE": self._stage.name,
            "POWERTOOLS_SERVICE_NAME": service,
            "POWERTOOLS_LOG_LEVEL": "INFO",
            **{name: self._values[name] for name in names},
        }
