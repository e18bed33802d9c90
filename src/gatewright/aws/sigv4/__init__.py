"""AWS Signature Version 4, the server's side: canonical forms, verification, signed chunks; signing falls out of it.

Sources: "Create a signed AWS API request" (IAM User Guide); "Signature Calculations for the Authorization Header",
"Transferring Payload in Multiple Chunks" and "Authenticating Requests: Using Query Parameters" (Amazon S3 API
Reference).
"""
