"""What all tests share: one private PostgreSQL a run, a database a worker, an ISP a test."""

pytest_plugins = [
    f"tests.fixtures.{name}"
    for name in ("databases", "isps", "homes", "journals", "radius", "mikrotiks")
]
