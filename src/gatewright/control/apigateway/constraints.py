"""The quotas of REST APIs, and constraints that several families of resources share.

Source: "Quotas for configuring and running a REST API in API Gateway" (API Gateway Developer Guide).
"""

from types import MappingProxyType

APIS_PER_REGION = MappingProxyType({"REGIONAL": 600, "EDGE": 120})
RESOURCES_PER_API = 300
REQUEST_VALIDATORS_PER_API = 20
"""On no page; reported by users since 2021 (serverless/serverless, issue 9291)."""
STAGES_PER_API = 10
VARIABLES_PER_STAGE = 100
DOCUMENTATION_PARTS_PER_API = 2000
API_KEYS_PER_REGION = 10_000
USAGE_PLANS_PER_REGION = 300
USAGE_PLANS_PER_API_KEY = 10
CLIENT_CERTIFICATES_PER_REGION = 60
VPC_LINKS_PER_REGION = 20

HTTP_METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY")
"""The methods that a resource can have and an integration can call, in the order of AWS's message."""

SHORTEST_TIMEOUT_MS = 50
LONGEST_TIMEOUT_MS = 29_000
LONGEST_REGIONAL_TIMEOUT_MS = 300_000
"""What a quota increase allows for Regional APIs."""
LONGEST_STREAM_TIMEOUT_MS = 900_000
"""`responseTransferMode` STREAM: 15 minutes."""

LARGEST_COMPRESSION_SIZE = 10_485_760
