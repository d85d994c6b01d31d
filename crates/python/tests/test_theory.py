"""Theory: published values, arrays as single values."""

from __future__ import annotations

import math

import pytest

from poolwise import UsageError, theory

# Tijms, A First Course in Stochastic Models, table 5.3.2: least servers with P(wait) <= .5, .2, .1.
TIJMS = {
    1: (2, 3, 3),
    5: (7, 8, 9),
    10: (12, 14, 16),
    50: (54, 58, 61),
    100: (106, 111, 115),
    250: (259, 268, 274),
    500: (512, 525, 533),
    1000: (1017, 1034, 1046),
}


def test_the_table_of_tijms():
    for load, servers in TIJMS.items():
        assert theory.servers_for_level(load, 1.0, 0.0, [0.5, 0.8, 0.9]) == list(map(float, servers))


def test_published_values():
    assert math.isclose(theory.erlang_c(8, 7.2), 0.701533, rel_tol=1e-6)
    assert math.isclose(theory.erlang_b(10, 4.4612), 0.01, rel_tol=1e-4)
    # 48 calls a minute, 50 agents, mean patience 2 minutes: 3.09 % give up (Garnett, Mandelbaum and Reiman 2002).
    assert abs(theory.erlang_a(50, 48, 1, 0.5).p_lost - 0.0309) < 5e-5
    assert math.isclose(theory.wait_at_most(14, 100 / 1800, 1 / 180, 20), 0.888350, rel_tol=1e-6)
    assert abs(theory.halfin_whitt(1.0) - 0.223361) < 1e-6
    assert math.isclose(theory.halfin_whitt_beta(theory.halfin_whitt(0.7)), 0.7, rel_tol=1e-9)
    assert math.isclose(theory.mg1(0.8, 1.0, 0.0).wait_mean, 2.0, rel_tol=1e-12)
    assert theory.square_root(100, 1) == 110
    assert theory.garnett(0.0, 1.0, 1.0) == pytest.approx(0.5)


def test_arrays_give_what_single_values_give():
    numpy = pytest.importorskip("numpy")
    servers = numpy.arange(1, 41)
    loads = numpy.linspace(0.5, 30, 7)[:, None]
    table = theory.erlang_c(servers, loads)
    assert table.shape == (7, 40) and table.flags.writeable
    for i in range(7):
        for j in range(40):
            assert table[i, j] == theory.erlang_c(int(servers[j]), float(loads[i, 0]))
    answers = theory.mmc(servers, 7.2, 1.0)
    assert numpy.isinf(answers.wait_mean[:7]).all() and numpy.isfinite(answers.wait_mean[7:]).all()
    series = pytest.importorskip("pandas").Series([8, 9])
    assert theory.erlang_c(series, 7.2)[0] == theory.erlang_c(8, 7.2)


def test_odd_arguments():
    assert math.isnan(theory.erlang_b(2.5, 1.0)) and math.isnan(theory.erlang_b(-1, 1.0))
    assert math.isnan(theory.mmc(0, 1, 1).wait_mean) and math.isnan(theory.square_root(-1, 1))
    assert theory.erlang_b([], 1.0) == [] and theory.erlang_b([8], 7.2) == [theory.erlang_b(8, 7.2)]
    with pytest.raises(UsageError, match="different lengths"):
        theory.erlang_b([1, 2], [1.0, 2.0, 3.0])


def test_priorities_and_changing_rates():
    # M/M/1 with rates 0.2 (urgent) and 0.6: waits 1 and 5 service times without preemption (Cobham 1954).
    assert theory.mmc_priorities(1, [0.2, 0.6], 1.0) == pytest.approx([1.0, 5.0])
    assert theory.mg1_priorities([0.2, 0.6], [1, 1], [1, 1]) == pytest.approx([1.0, 5.0])
    # A constant rate offers rate times mean, whatever the distribution.
    for law in ("exponential", "deterministic", "lognormal", "gamma"):
        assert theory.offered_load([6.0] * 24, 1.0, 0.5, distribution=law) == pytest.approx([3.0] * 24)
    assert theory.offered_load([6.0] * 3, 1.0, 0.5, distribution="deterministic", repeats=False) == pytest.approx([3.0] * 3)
    # scenarios/textbook/mt-staffing.toml, by another program: 13.198 % leave, queue 1.0558, in service 13.8883.
    swing = [1 + 0.5 * math.sin(2 * math.pi * (h + 0.5) / 24) for h in range(24)]
    rates = [16 * s for s in swing]
    found = theory.mt_m_st(rates, [22] * 9 + [18] * 8 + [8] * 7, 1.0, 1.0, abandonment=2.0)
    assert found.overall.p_lost == pytest.approx(0.13198, abs=2e-5)
    assert found.overall.queue_mean == pytest.approx(1.0558, abs=2e-4)
    assert found.overall.busy_mean == pytest.approx(13.8883, abs=2e-4)
    assert found.error_bound < 1e-8 and len(found.p_wait) == 24
    # The same in every hour: Erlang C.
    still = theory.mt_m_st([7.2] * 4, [8] * 4, 0.25, 1.0)
    assert still.p_wait == pytest.approx([theory.erlang_c(8, 7.2)] * 4, abs=1e-7)
    with pytest.raises(UsageError):
        theory.mt_m_st([1.0], [1, 2], 1.0, 1.0)
    with pytest.raises(UsageError, match="distribution"):
        theory.offered_load([1.0], 1.0, 1.0, distribution="cauchy")
