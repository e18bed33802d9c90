"""Documents, transactions, revision, change feed and blobs."""
