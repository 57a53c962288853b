"""How hard the properties of policy are tried: new examples each run, no clock on any of them."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "policy",
    max_examples=100,
    deadline=None,
    derandomize=False,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("policy")
