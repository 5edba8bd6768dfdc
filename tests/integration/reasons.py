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

# What only happens when something went wrong or is rare, each with the test that does it.
UNUSED: dict[str, tuple[str, ...]] = {}
