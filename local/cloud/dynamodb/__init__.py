"""Makes ministack's DynamoDB survive ``kill -9`` and its streams deliver at least once."""
