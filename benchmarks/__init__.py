"""What gatewright costs, measured beside yardsticks in the same run: `python -m benchmarks`."""
