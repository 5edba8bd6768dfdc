"""The start-up check that the installed ministack is the one whose insides are known here."""

from importlib import metadata
from operator import attrgetter

from local.cloud import seams
from local.cloud.errors import UnsupportedCloudError

VERSION = "1.5.33"

SEAMS = {
    "app": (
        "SERVICE_HANDLERS",
        "app",
        "_state_map",
        "_get_module",
        "_load_persisted_state",
        "_build_persistence_save_dict",
        "save_all",
        "SERVICE_REGISTRY",
        "_enforce_data_plane",
        "_enforce_ses_v2",
        "pin_request_origin",
    ),
    "core.iam_actions": ("extract_iam_action", "extract_resource_arn", "request_tag_context"),
    "core.iam_evaluator": ("_request_origin", "enforce", "parse_policy_document"),
    "core.router": ("SERVICE_PATTERNS",),
    "core.responses": ("request_scope", "get_account_id", "get_region"),
    "core.persistence": ("_json_default", "_json_object_hook", "_state_format_version"),
    "core.concurrency": ("esm_wake",),
    "core.lambda_runtime": (
        "_PYTHON_WORKER_SCRIPT",
        "execution_credentials",
        "reset",
        "zipfile",
    ),
    "services.cloudformation.provisioners": ("_RESOURCE_HANDLERS", "_cw_metric_alarm_record"),
    "services.cloudformation": ("_stacks",),
    "services.sns": ("_deliver_to_lambda", "_threading"),
    "services.s3": (
        "_atomic_write",
        "handle_request",
        "_delete_bucket",
        "_buckets",
        "_object_versions",
        "_get_object_data",
    ),
    "services.secretsmanager": ("_resolve",),
    "services.sts": ("_sessions",),
    "services.sqs": ("DEFAULT_PORT", "_queue_url"),
    "services.ses": ("_sent_emails_list",),
    "services.ses_v2": ("handle_request",),
    "services.dynamodb": (
        "handle_request",
        "_tables",
        "_set_item",
        "_remove_item",
        "_items_replaced",
        "_emit_stream_event",
        "_replicate_write",
        "_build_change_record",
        "_fan_out_to_kinesis",
        "_next_stream_seq",
        "_stream_records",
        "stream_live_records",
        "_txn_token_store",
        "_txn_idempotency",
        "_update_counts",
        "_INDEX_MEMBERS",
        "_ttl_settings",
        "_pitr_settings",
        "_update_ttl",
        "_tags",
        "_kinesis_destinations",
        "_contributor_insights",
        "_backups",
        "_create_backup",
        "_delete_table",
        "_describe_continuous_backups",
        "_restore_table_to_point_in_time",
        "error_response_json",
        "_resource_policies",
    ),
    "services.lambda_svc": (
        "_esms",
        "_functions",
        "_poll_dynamodb_streams",
        "_init_stream_position",
        "_release_esm_poll_state",
        "_apply_filter_criteria",
        "_get_func_record_for_qualifier",
        "_execute_function",
        "_send_ddb_stream_failure_record",
        "_iter_all_esms",
        "_get_func_record_for_ref",
        "_execution_record_for_config",
        "_route_async_failure",
        "invoke_async_with_retry",
    ),
}


def check() -> None:
    """Raise, naming what is missing, unless every seam is there."""
    installed = metadata.version("ministack")
    missing = [
        f"{module}.{name}"
        for module, names in SEAMS.items()
        for name in names
        if not _exists(module, name)
    ]
    if installed != VERSION or missing:
        raise UnsupportedCloudError(
            f"ministack {installed} can't be extended (wanted {VERSION}"
            f"{'; missing ' + ', '.join(missing) if missing else ''}). "
            "Install local/requirements-cloud.txt again."
        )


def _exists(module: str, name: str) -> bool:
    try:
        attrgetter(name)(seams.module(module))
    except (ImportError, AttributeError):
        return False
    return True
