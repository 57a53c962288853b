"""The outside world in a box, speaking the real protocols: for trials and tests."""
