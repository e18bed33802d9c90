"""What AWS was recorded to answer to calls of `apigateway`: scenarios, as data, and what replays them on a node.

The recordings are those of localstack/localstack, tests/aws/services/apigateway/*.snapshot.json; the ids name them.
"""
