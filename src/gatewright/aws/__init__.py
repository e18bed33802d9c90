"""The server side of the protocols of AWS, driven by the service models of botocore."""
