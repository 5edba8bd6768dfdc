"""Why a role may do what no integration test makes it do."""

from __future__ import annotations

# Roles that no code of ours takes, so that nothing here shows what AWS does with them.
TAKEN_BY_AWS = {
    "scheduler.amazonaws.com": "EventBridge Scheduler invokes the Lambdas of its schedules.",
    "sagemaker.amazonaws.com": "SageMaker pulls the model, keeps results and announces them.",
    "apigateway.amazonaws.com": "API Gateway writes its access log.",
}

# What the Lambda service does with the role of a function, by a part of the resource's name:
# it keeps the log, reads streams and queues, and puts aside what failed. The embedded cloud
# does all that as itself. CDK grants asking for a queue's address with each of them.
_CONSUMING = {
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
}
AWS_USES: dict[str, set[str]] = {
    ":log-group:": {"logs:CreateLogStream", "logs:PutLogEvents"},
    "/stream/": {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"},
    "*": {"dynamodb:ListStreams"},
    "Queues": _CONSUMING,
    "Failures": {"sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"},
}

# What only happens when something went wrong or much later; the tests of the code make it happen.
UNUSED: dict[str, tuple[str, ...]] = {
    "Closing an account ends its sessions and friendships; the erasure, what a break left.": (
        "AccountErasuresRole dynamodb:BatchWriteItem table/DataSessions",
        "AccountErasuresRole dynamodb:DeleteItem table/DataFriendships",
    ),
    "An erasure ends, with its receipt, after a last look when everything has settled.": (
        "AccountErasuresRole dynamodb:DeleteItem table/DataErasures",
        "AccountErasuresRole dynamodb:PutItem table/DataErasures",
        "SchedulesResumeErasuresRole sqs:SendMessage QueuesErasures",
    ),
    "An export that fails, or that a newer one replaces, leaves no file.": (
        "AccountExportsRole s3:AbortMultipartUpload picturesbucket/exports/*",
        "AccountExportsRole s3:DeleteObject picturesbucket/exports/*",
    ),
    "Nothing is listed: because of it S3 answers 404 in place of 403 for what is gone.": (
        "AccountExportsRole s3:ListBucket picturesbucket",
        "WorkersPictureFinishedRole s3:ListBucket picturesbucket",
    ),
    "A like or comment that overtakes the deletion of its post is removed when it is counted.": (
        "FollowersCommentCountsRole dynamodb:BatchWriteItem table/DataComments",
        "FollowersLikeCountsRole dynamodb:BatchWriteItem table/DataLikes",
    ),
    "Switching on sends what waited, every minute what got lost: whoever comes first.": (
        "AdminModelControlRole dynamodb:GetItem table/DataPictures",
        "AdminModelControlRole dynamodb:UpdateItem table/DataPictures",
        "AdminModelControlRole sagemaker:InvokeEndpointAsync endpoint/ModelEndpoint",
        "SchedulesDispatchWaitingRole dynamodb:GetItem table/DataPictures",
        "SchedulesDispatchWaitingRole dynamodb:PutItem table/DataModelServer",
        "SchedulesDispatchWaitingRole dynamodb:UpdateItem table/DataPictures",
        "SchedulesDispatchWaitingRole sagemaker:DescribeEndpoint endpoint/ModelEndpoint",
        "SchedulesDispatchWaitingRole sagemaker:InvokeEndpointAsync endpoint/ModelEndpoint",
    ),
    "A picture that was deleted while it was kept leaves no file.": (
        "WorkersPictureFinishedRole s3:DeleteObject picturesbucket/pictures/*",
    ),
    "No counter of these tests is wrong.": (
        "SchedulesRebuildStatsRole dynamodb:UpdateItem table/DataCounters",
        "UpkeepVerifyCountsRole dynamodb:GetItem table/DataPosts",
        "UpkeepVerifyCountsRole dynamodb:GetItem table/DataSecretEntries",
        "UpkeepVerifyCountsRole dynamodb:UpdateItem table/DataPosts",
        "UpkeepVerifyCountsRole dynamodb:UpdateItem table/DataSecretEntries",
    ),
    "A checkpoint that takes fewer parts than the last one removes the rest.": (
        "UpkeepVerifyCountsRole dynamodb:BatchWriteItem table/DataCounters",
    ),
    "No row of these tests is of an earlier release.": (
        "UpkeepBackfillRole dynamodb:BatchWriteItem table/DataPostings",
        "UpkeepBackfillRole dynamodb:DeleteItem table/DataPostings",
        "UpkeepBackfillRole dynamodb:GetItem table/DataUsers",
        "UpkeepBackfillRole dynamodb:PutItem table/DataIndexedPosts",
        "UpkeepBackfillRole dynamodb:PutItem table/DataPostings",
        "UpkeepBackfillRole dynamodb:UpdateItem table/DataPosts",
        "UpkeepBackfillRole dynamodb:UpdateItem table/DataUsers",
    ),
    "No object of these tests is lost, or old enough to be an orphan.": (
        "UpkeepSweepPicturesRole dynamodb:GetItem table/DataPictures",
        "UpkeepSweepPicturesRole dynamodb:UpdateItem table/DataCounters",
        "UpkeepSweepPicturesRole dynamodb:UpdateItem table/DataPictures",
        "UpkeepSweepPicturesRole s3:DeleteObject picturesbucket/async-output/*",
        "UpkeepSweepPicturesRole s3:DeleteObject picturesbucket/pictures/*",
        "UpkeepSweepPicturesRole s3:GetObject picturesbucket/pictures/*",
    ),
}
