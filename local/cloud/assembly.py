"""Puts the embedded cloud together, in the one order that works."""

import shutil
from pathlib import Path

from local.cloud import lock, settings
from local.cloud.context import CloudContext


def run(data_dir: Path, host: str, port: int) -> None:
    """Restore, serve and save; returns after an orderly stop."""
    lock.hold(data_dir)
    (data_dir / "cloud.json").unlink(missing_ok=True)
    shutil.rmtree(data_dir / "tmp", ignore_errors=True)
    settings.directories(data_dir)
    context = CloudContext(data_dir=data_dir, endpoint_url=f"http://{host}:{port}")
    settings.apply(context, host, port)
    # ministack reads its settings when it is imported, so nothing above may import it.
    from local.cloud import (
        alarms,
        buckets,
        compat,
        lambdas,
        mail,
        objects,
        permissions,
        queues,
        sagemaker,
        seams,
        secrets,
        server,
        tables,
        uploads,
    )
    from local.cloud.dynamodb.durability import Durability
    from local.cloud.services import Services

    listener = server.listen(host, port)
    compat.check()
    durability = Durability(data_dir / "dynamodb")
    services = Services(data_dir / "state", durability.store.commit_metadata)
    services.read()
    durability.install()
    lambdas.install(data_dir / "unpacked")
    tables.install()
    objects.install()
    buckets.install()
    uploads.install()
    alarms.install()
    queues.install()
    secrets.install()
    mail.install(data_dir / "mailbox")
    sagemaker.install(context)
    permissions.install()
    services.install()
    seams.on_shutdown(durability.close)
    server.serve(context, listener)
