"""Bytes to messages and back: HTTP/1.1 server, TLS, upstream client. Knows nothing of AWS."""
