"""The Telemetry API and the Logs API: what happens in an execution environment, sent to its extensions."""
