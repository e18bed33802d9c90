"""What can be behind a method of a REST API; `table` lists the types."""
