from concurrent.futures import ThreadPoolExecutor

import pytest

from tenancy.numbers import Series, take_numbers
from tests.fixtures.isps import World


def test_numbers_begin_at_one_and_leave_no_gap(isp: World) -> None:
    with isp.transaction() as session:
        assert list(take_numbers(session, isp.tenant_id, Series.CLIENT)) == [1]
        assert list(take_numbers(session, isp.tenant_id, Series.CLIENT, 3)) == [2, 3, 4]


def test_each_series_and_each_isp_counts_for_itself(isp: World, other_isp: World) -> None:
    for world, series in ((isp, Series.CLIENT), (isp, Series.INVOICE), (other_isp, Series.CLIENT)):
        with world.transaction() as session:
            assert list(take_numbers(session, world.tenant_id, series)) == [1]


def test_a_number_that_was_not_used_is_given_again(isp: World) -> None:
    with pytest.raises(ZeroDivisionError), isp.transaction() as session:
        take_numbers(session, isp.tenant_id, Series.INVOICE)
        raise ZeroDivisionError
    with isp.transaction() as session:
        assert list(take_numbers(session, isp.tenant_id, Series.INVOICE)) == [1]


def test_many_takers_at_once_get_different_numbers(isp: World) -> None:
    def take(_: int) -> int:
        with isp.transaction() as session:
            [number] = take_numbers(session, isp.tenant_id, Series.INVOICE)
            return number

    with ThreadPoolExecutor(8) as takers:
        assert sorted(takers.map(take, range(40))) == list(range(1, 41))
