"""What all tests share: one private PostgreSQL a run, a database a worker, an ISP a test."""

pytest_plugins = ["tests.fixtures.databases", "tests.fixtures.isps", "tests.fixtures.homes"]
