"""Values from a mould are as those from the class itself."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, dataclass, replace

import pytest

from policy.moulds import mould


@dataclass(frozen=True, slots=True)
class Router:
    name: str
    ports: int = 4


def test_a_moulded_value_is_equal_frozen_and_whole():
    router = mould(Router)("core", 8)
    assert router == Router("core", 8)
    assert hash(router) == hash(Router("core", 8))
    assert repr(router) == repr(Router("core", 8))
    assert replace(router, ports=2) == Router("core", 2)
    assert pickle.loads(pickle.dumps(router)) == router  # noqa: S301 our own bytes
    with pytest.raises(FrozenInstanceError):
        router.ports = 9


def test_a_mould_takes_every_field():
    with pytest.raises(TypeError):
        mould(Router)("core")
