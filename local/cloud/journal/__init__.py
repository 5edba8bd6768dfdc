"""A write-ahead journal of numbered records in generations; knows nothing of DynamoDB."""
